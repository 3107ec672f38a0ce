import type { FollowedRun, FollowedStep } from '../../client/run-api.ts'
import { terminalText } from '../output/terminal-text.ts'
import { describeEnd, exitCodeOf } from './run-outcome.ts'

function ended(status: number, logs: readonly string[], status_message: string | null = null): FollowedRun {
  const run_steps = logs.map((log, position): FollowedStep => {
    const times = { started_at: null, finished_at: null }
    return { index: position + 1, name: 'dbt build', status, logs: log, ...times }
  })
  return { id: 7, status, status_message, href: '', blocked_by: [], run_steps }
}

const done = (warnings: number) => `10:00:00  Done. PASS=17 WARN=${warnings} ERROR=0 SKIP=0 NO-OP=0 TOTAL=18\n`

test.each([
  [10, [done(0)], null, 'Run 7 succeeded.'],
  [10, [done(1), 'no counts'], null, 'Run 7 succeeded with 1 warning.'],
  [10, [done(1), done(2)], null, 'Run 7 succeeded with 3 warnings.'],
  [20, [done(1)], 'model a failed', 'Run 7 failed: model a failed'],
  [30, [], null, 'Run 7 was cancelled.'],
])('status %d is told with its warnings and its message', (status, logs, message, text) => {
  expect(terminalText(describeEnd(ended(status, logs, message)), false)).toBe(text)
})

test('only success is 0; a run that was left is not', () => {
  expect([ended(10, []), ended(20, []), ended(30, []), undefined].map(exitCodeOf)).toEqual([0, 1, 1, 1])
})
