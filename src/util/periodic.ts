/** It is done again and again until it is stopped. */
export interface Periodic {
  /** Ends the repetition and waits for the round that is under way. */
  stop(): Promise<void>
}

/**
 * Does `work` about every `intervalMs`, a tenth more or less so that processes do not march in step, and never twice at
 * the same time. What it throws goes to `onError`; the repetition goes on.
 */
export function periodically(
  intervalMs: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Periodic {
  let timer: NodeJS.Timeout | undefined
  let round: Promise<unknown> = Promise.resolve()
  let stopped = false
  const schedule = () => {
    if (stopped) return
    timer = setTimeout(
      () => {
        round = work().catch(onError).finally(schedule)
      },
      intervalMs * (0.9 + Math.random() * 0.2),
    )
    timer.unref()
  }
  schedule()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await round
    },
  }
}
