import { type PastRun, summarizeRuns, trendOf, waitingShareOf } from './summarize-runs.ts'

const run = (day: string, status: PastRun['status'], wait: number, seconds: number | null): PastRun => {
  const created = Date.parse(`${day}T12:00:00Z`)
  const started_at = new Date(created + wait * 1000)
  const finished_at = seconds === null ? null : new Date(started_at.getTime() + seconds * 1000)
  return { status, created_at: new Date(created), started_at, finished_at }
}

const runs = [
  run('2026-01-04', 'success', 0, 10), // a Sunday
  run('2026-01-05', 'success', 10, 20),
  run('2026-01-06', 'error', 0, 5),
  run('2026-01-11', 'success', 0, 40),
  run('2026-01-11', 'cancelled', 0, 1),
  run('2026-01-12', 'running', 0, null),
]

test('the rate is of runs that succeeded or failed, the durations of those that succeeded', () => {
  expect(summarizeRuns(runs)).toEqual({ runs: 6, success_rate: 0.75, duration: { p50: 20, p95: 38, n: 3 } })
  expect(summarizeRuns([])).toEqual({ runs: 0, success_rate: null, duration: null })
})

test('weeks begin on Monday', () => {
  expect(trendOf(runs)).toMatchObject([
    { week: '2025-12-29', runs: 1, success_rate: 1 },
    { week: '2026-01-05', runs: 4, duration: { p50: 30, n: 2 } },
    { week: '2026-01-12', runs: 1, success_rate: null, duration: null },
  ])
})

test('the share of waiting', () => {
  expect(waitingShareOf(runs)).toBeCloseTo(10 / 86)
  expect(waitingShareOf([])).toBeNull()
})
