import type { Logger } from 'pino'
import { type Periodic, periodically } from '../util/periodic.ts'

/** A worker that drains says so often what it waits for. */
const reportMs = 30_000

/** Logs, at once and again and again, for which runs a worker that drains waits. `since`: when each began, by its id. */
export function reportWaiting(
  since: () => ReadonlyMap<number, number>,
  { limitMs, logger }: { limitMs: number; logger: Logger },
): Periodic {
  const began = performance.now()
  const limitSeconds = Number.isFinite(limitMs) ? limitMs / 1000 : 'as long as they need'
  const report = async () => {
    const now = performance.now()
    const runs = [...since()].map(([id, start]) => ({ id, seconds: Math.round((now - start) / 1000) }))
    if (runs.length === 0 || limitMs === 0) return
    logger.info(
      { runs, waitedSeconds: Math.round((now - began) / 1000), limitSeconds },
      'waiting for runs to end; another signal stops them now',
    )
  }
  void report()
  return periodically(reportMs, report, (err) => logger.warn({ err }, 'report failed'))
}
