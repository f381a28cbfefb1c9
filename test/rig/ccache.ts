import { findProgram } from '../../src/system/distribution.js';

/** Says why tests with ccache are left out, once; where every test has to run they are not. */
export const withoutCcache: boolean =
  findProgram('ccache') === undefined && process.env['BOOTLAP_EVERY_TEST'] === undefined;
if (withoutCcache) {
  console.warn('tests with ccache are left out: it is not installed (apt-get install ccache)');
}
