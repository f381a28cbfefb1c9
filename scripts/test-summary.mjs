/** Prints what a JSON report of the tests says, in one plain line: `tests: 123 passed, 0 failed`. */

import { readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = readReport();
if (report === undefined) {
  console.log('tests: 0 passed, 1 failed');
  console.error(`no test report in ${file}: the run ended before the tests did`);
  process.exitCode = 1;
} else {
  // A file that does not even load has no tests that could fail.
  const broken = report.testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0);
  console.log(`tests: ${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`);
}

function readReport() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
