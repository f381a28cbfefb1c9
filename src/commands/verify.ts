import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { NamedKey } from '../system/keys.js';
import type { VerifiedBundle } from '../bundle/verify.js';
import { EXIT_STATUS, type ExitStatus } from '../core/exit-status.js';
import type { Failure } from '../core/failure.js';
import { success, type Result } from '../core/result.js';
import type { VerifiedFacts } from '../ui/bundle-lines.js';
import { workingFolder } from '../system/environment.js';
import { fail } from './report-failure.js';
import type { Session } from './session.js';

interface VerifyOptions {
  readonly key?: string;
  readonly json?: true;
}

const EXAMPLES = `
Nothing is unpacked, nothing is run and nothing is written. With --key a bundle that this key has not signed fails.
Exit status 12: the bundle is not what it says.

Examples:
  bootlap verify bootlap-stock-0123456789abcdef.tar.gz
  bootlap verify bootlap-stock-0123456789abcdef.tar.gz --key ci.pub`;

/** `bootlap verify BUNDLE` */
export function declare(command: Command, session: Session, report: (status: ExitStatus) => void): void {
  command
    .argument('<bundle>', 'path of a bundle (.tar.gz), or of the folder that it was unpacked to')
    .option('--key <file>', 'the public key that has to have signed it')
    .option('--json', 'print one JSON object (docs/events.md)')
    .addHelpText('after', EXAMPLES)
    .action(async (bundle: string, options: VerifyOptions) => report(await verify(session, bundle, options)));
}

async function verify(session: Session, bundle: string, { key: keyFile, json }: VerifyOptions): Promise<ExitStatus> {
  const file = resolve(workingFolder(), bundle);
  const key = await readKey(keyFile);
  if (!key.ok) {
    return fail(session, key.failure);
  }
  const { verifyBundle } = await import('../bundle/verify.js');
  const verified = await verifyBundle({ file, signal: session.interruption(), ...(key.value && { key: key.value }) });
  if (json === true) {
    session.output.write(`${JSON.stringify(verifyRecord(file, verified))}\n`);
  }
  if (!verified.ok) {
    return fail(session, verified.failure);
  }
  if (json !== true) {
    const { verifiedLines } = await import('../ui/bundle-lines.js');
    session.output.write(`${verifiedLines(file, factsOf(verified.value)).join('\n')}\n`);
  }
  return EXIT_STATUS.done;
}

async function readKey(file: string | undefined): Promise<Result<NamedKey | undefined, Failure>> {
  if (file === undefined) {
    return success(undefined);
  }
  const { readPublicKey } = await import('../system/keys.js');
  return readPublicKey(resolve(workingFolder(), file));
}

function verifyRecord(bundle: string, verified: Result<VerifiedBundle, Failure>): object {
  if (!verified.ok) {
    return { event: 'verify', bundle, ok: false, failure: verified.failure };
  }
  const { document, ...rest } = verified.value;
  const { recipe, fingerprint } = document;
  return { event: 'verify', bundle, ok: true, recipe, fingerprint, ...rest };
}

function factsOf({ document, files, bytes, signature }: VerifiedBundle): VerifiedFacts {
  const { recipe, fingerprint, bootlap } = document;
  return { recipe, fingerprint, bootlap, files, bytes, signature: signature.kind, keyIds: keyIdsOf(signature) };
}

function keyIdsOf(signature: VerifiedBundle['signature']): readonly string[] {
  switch (signature.kind) {
    case 'none':
      return [];
    case 'unchecked':
      return signature.keyIds;
    case 'checked':
      return [signature.keyId];
  }
}
