import type { RunStatus } from '../../domain/runs/run-status.ts'
import { groupBy } from '../../util/objects/group-by.ts'

/** This much of a run counts for the history of its job. */
export interface PastRun {
  readonly status: RunStatus
  readonly created_at: Date
  readonly started_at: Date | null
  readonly finished_at: Date | null
}

/** Durations are in seconds. */
export interface DurationSummary {
  readonly p50: number
  readonly p95: number
  /** The number of runs, or of results, that they are of. */
  readonly n: number
}

export interface RunsSummary {
  readonly runs: number
  /** The share of runs that succeeded among those that succeeded or failed; null for none. */
  readonly success_rate: number | null
  /** How long the successes took, in seconds; null for none. */
  readonly duration: DurationSummary | null
}

export interface Trend extends RunsSummary {
  /** It is a Monday, in UTC. */
  readonly week: string
}

export function summarizeRuns(runs: readonly PastRun[]): RunsSummary {
  const successes = runs.filter(({ status }) => status === 'success')
  const failures = runs.filter(({ status }) => status === 'error')
  const judged = successes.length + failures.length
  return {
    runs: runs.length,
    success_rate: judged === 0 ? null : successes.length / judged,
    duration: durationOf(successes.flatMap((run) => secondsOf(run) ?? [])),
  }
}

/** The oldest week comes first. */
export function trendOf(runs: readonly PastRun[]): Trend[] {
  return [...groupBy(runs, weekOf)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([week, own]) => ({ week, ...summarizeRuns(own) }))
}

/** The share of the time from trigger to end that runs waited for a worker; null for none that ended. */
export function waitingShareOf(runs: readonly PastRun[]): number | null {
  let [waited, whole] = [0, 0]
  for (const { created_at, started_at, finished_at } of runs) {
    if (started_at === null || finished_at === null) continue
    waited += started_at.getTime() - created_at.getTime()
    whole += finished_at.getTime() - created_at.getTime()
  }
  return whole <= 0 ? null : Math.max(0, waited / whole)
}

export function secondsOf({ started_at, finished_at }: PastRun): number | null {
  return started_at === null || finished_at === null ? null : (finished_at.getTime() - started_at.getTime()) / 1000
}

export function durationOf(seconds: readonly number[]): DurationSummary | null {
  if (seconds.length === 0) return null
  const sorted = seconds.toSorted((a, b) => a - b)
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), n: sorted.length }
}

/** Between two values, in proportion, as PostgreSQL's `percentile_cont`. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}

function weekOf({ created_at }: PastRun): string {
  const day = new Date(created_at)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}
