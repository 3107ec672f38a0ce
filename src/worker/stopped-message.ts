export interface WorkerStop {
  readonly worker: string
  /** This signal asked the worker to stop. */
  readonly by: string
  /** The second signal, if there was one. */
  readonly again?: string | undefined
  readonly waitedMs: number
  /** STRATUS_DRAIN_TIMEOUT; Infinity: as long as runs need. */
  readonly limitMs: number
}

/** The message of a run whose worker stopped. */
export function stoppedMessage(stop: WorkerStop): string {
  return (
    `The worker ${stop.worker} was told to stop (${stop.by}) while it executed this run, ${howLong(stop)}. ` +
    'A rerun starts from the beginning.'
  )
}

function howLong({ again, waitedMs, limitMs }: WorkerStop): string {
  const waited = seconds(waitedMs)
  const setting = limitMs === Number.POSITIVE_INFINITY ? 'not set: as long as runs need' : seconds(limitMs)
  if (again !== undefined) {
    return `and told to stop at once by a second signal (${again}) after ${waited} (STRATUS_DRAIN_TIMEOUT: ${setting})`
  }
  if (limitMs === 0) return 'and waits for none (STRATUS_DRAIN_TIMEOUT: 0 s)'
  return `and stopped it after ${waited}, the longest that it waits (STRATUS_DRAIN_TIMEOUT: ${setting})`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
