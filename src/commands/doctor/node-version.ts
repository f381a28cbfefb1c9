import { missing, ok, type Check } from './check.js';

/** The oldest Node that `engines` in package.json allows. */
const OLDEST = [20, 19] as const;

/** Whether Node is new enough; `version` as `process.version` has it. */
export function checkNode(version = process.version): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const fits = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  return fits ? ok('Node', version) : missing('Node', version, `install Node ${OLDEST.join('.')} or newer`);
}
