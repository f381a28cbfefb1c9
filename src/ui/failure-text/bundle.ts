import type { BundleFailure, BundleProblem, BundleRefused } from '../../core/failures/bundle.js';
import { count, type Explainers, type FailureText } from './text.js';

/** Why there is no bundle, or none that can be trusted, in words. */
export const bundleExplainers: Explainers<BundleFailure> = {
  'bundle-incomplete': ({ missing, detail, command }) => ({
    headline: `the bundle would be without ${missing}: ${detail}`,
    details: ['no bundle was written'],
    hint: `"${command}" makes it anew`,
  }),
  'bundle-refused': refused,
  'bundle-unfit': ({ bundle, detail, hint }) => ({
    headline: `${bundle} cannot be measured here: ${detail}`,
    details: [],
    hint,
  }),
  'key-unfit': ({ path, detail }) => ({
    headline: `${path} cannot be used as a key: ${detail}`,
    details: [],
    hint: '"bootlap keygen --out NAME" makes a pair: NAME.key signs (--sign-key), NAME.pub checks (--key)',
  }),
};

function refused({ bundle, problems, further }: BundleRefused): FailureText {
  return {
    headline: `${bundle} is not what it says: ${count(problems.length + further, 'thing')} wrong`,
    details: [...problems.map(problemLine), ...(further === 0 ? [] : [`and ${further} more`])],
    hint: 'do not use it; fetch it again from where it was made, or make it anew with "bootlap bundle"',
  };
}

function problemLine({ file, detail }: BundleProblem): string {
  return file === undefined ? detail : `${file}: ${detail}`;
}
