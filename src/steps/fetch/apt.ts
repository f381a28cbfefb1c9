import type { Failure } from '../../core/failure.js';
import type { Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { AptSource } from '../../recipe/schema.js';
import { upstreamVersion } from '../../system/apt-version.js';
import { pinOutput } from '../pin.js';
import { aptFor } from '../pin/package.js';
import { readPin } from '../pin-document.js';
import { writeSourceLayout } from '../source-layout.js';
import { bytesProgress, fetchShape } from './shape.js';

/** A source archive inside a binary package: the package is fetched and the archive is taken out of it. */
export function fetchApt(component: Component, source: AptSource): Step {
  return fetchShape({
    component,
    what: `${source.apt}, a package of the distribution`,
    lane: 'network',
    params: { kind: 'apt', member: source.member },
    upstream: [pinOutput(component)],
    fill: (folder, context) => fill(folder, context, { component, source }),
  });
}

interface Asked {
  readonly component: Component;
  readonly source: AptSource;
}

async function fill(
  folder: string,
  context: StepContext,
  { component, source }: Asked,
): Promise<Result<void, Failure>> {
  const step = `fetch:${component}`;
  const pin = readPin(context.upstream(pinOutput(component).step, 'pin'), 'apt');
  if (!pin.ok) {
    return pin;
  }
  const download = {
    apt: aptFor(step, context),
    downloads: context.folders.downloads,
    offline: context.offline,
    onProgress: bytesProgress(context),
  };
  const [{ fetchBinary }, { takeFromPackage }] = await systemParts();
  const fetched = await fetchBinary(download, pin.value);
  if (!fetched.ok) {
    return fetched;
  }
  const onProgress = bytesProgress(context, 'taking the archive out of the package');
  const wanted = { archive: fetched.value, member: source.member, into: folder, neededBy: step };
  const taken = await takeFromPackage({ ...wanted, onProgress, signal: context.signal });
  if (!taken.ok) {
    return taken;
  }
  const layers = [{ archive: taken.value, strip: 1 }];
  return writeSourceLayout(folder, { kind: 'archives', version: upstreamVersion(pin.value.version), layers });
}

/** Loaded when the step runs: a run that has nothing to do shall not pay for it. */
function systemParts() {
  return Promise.all([import('../../system/apt-fetch.js'), import('../../system/apt-archive.js')]);
}
