/** Prints the plain closing line that people and CI read: "N passed, N failed, N skipped". */
class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const brokenSuites = results.testResults.filter((suite) => suite.testExecError !== undefined && suite.numFailingTests === 0);
    const failed = results.numFailedTests + brokenSuites.length;
    const skipped = results.numPendingTests + results.numTodoTests;
    // After the default reporter's own summary, which is written when this event has been handled.
    process.on('exit', () => process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`));
  }
}
module.exports = ClosingLineReporter;
