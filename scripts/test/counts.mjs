/** Prints the line "N passed, N failed" of several runners, `{ code, passed, failed, skipped }` each; gives the exit code. */
export function reportCounts(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  // A runner that failed without a failed test (it crashed, or its set-up did) is a failure too.
  const crashed = results.filter(({ code, passed, failed }) => failed === 0 && (code !== 0 || passed === 0)).length
  const failed = sum('failed') + crashed
  const skipped = sum('skipped')
  console.log(`\n${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed === 0 ? 0 : 1
}
