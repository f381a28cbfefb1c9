import { digestBytes } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import type { JsonObject } from '../../core/json.js';
import type { Result } from '../../core/result.js';
import type { Step, StepContext } from '../../core/step.js';
import { pinText, writePin, type Pin } from '../pin-document.js';

/** What the pin steps differ in. */
export interface PinParts {
  /** What is pinned, as in the step's name: `kernel`, `kernel-config`. */
  readonly of: string;
  readonly title: string;
  readonly params: JsonObject;
  /** What it comes to without a look at the network, and who says so. */
  readonly settled?: { readonly pin: Pin; readonly because: string } | undefined;
  /** Looks it up. Not called offline. */
  find(context: StepContext): Promise<Result<Pin, Failure>>;
  /** The failure where it would have to be looked up, and may not. */
  offline(): Failure;
}

/** A step whose one output is `pin.json`. */
export function pinShape(parts: PinParts): Step {
  const { settled } = parts;
  return {
    name: `pin:${parts.of}`,
    title: parts.title,
    lane: 'network',
    inputs: { params: parts.params, files: {}, upstream: [], tools: [], env: [] },
    outputs: { pin: { path: 'pin.json', kind: 'file' } },
    ...(settled === undefined
      ? {}
      : { held: { digests: { pin: digestBytes(pinText(settled.pin)) }, because: settled.because } }),
    run: (context) => run(parts, context),
  };
}

async function run(parts: PinParts, context: StepContext): Promise<Result<void, Failure>> {
  if (parts.settled !== undefined && !context.forced) {
    return writePin(context.output('pin'), parts.settled.pin);
  }
  if (context.offline) {
    return { ok: false, failure: parts.offline() };
  }
  const found = await parts.find(context);
  if (!found.ok) {
    return found;
  }
  context.log.line(JSON.stringify(found.value));
  return writePin(context.output('pin'), found.value);
}

/** What is new: `firmware: main moved from 1234 to 5678`, `... is still at 1234`, or, where nothing was known, `... is at 1234`. */
export function movement(what: string, before: string | undefined, now: string): string {
  if (before === undefined) {
    return `${what} is at ${inShort(now)}`;
  }
  return before === now
    ? `${what} is still at ${inShort(now)}`
    : `${what} moved from ${inShort(before)} to ${inShort(now)}`;
}

function inShort(id: string): string {
  return id.slice(0, 12);
}
