import { appendFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Notes that the running test saw an operation succeed, for openapi/COVERAGE.md (scripts/generate/coverage.mjs sets the folder).
 * Calls of a set-up prove nothing by themselves.
 */
export function recordEvidence(operation: { method: string; path: string }, status: number): void {
  const folder = process.env.TEST_EVIDENCE_DIR
  const { testPath, currentTestName } = expect.getState()
  if (folder === undefined || status >= 300 || testPath === undefined || currentTestName === undefined) return
  const line = { operation: `${operation.method.toUpperCase()} ${operation.path}`, testPath, test: currentTestName }
  appendFileSync(path.join(folder, `${process.pid}.jsonl`), `${JSON.stringify(line)}\n`)
}
