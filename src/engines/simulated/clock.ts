import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  /** Gives milliseconds since the epoch. */
  now(): number
  /** Resolves after so long, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal }).catch(() => {}) // aborted: that is what the signal is for
  },
}
