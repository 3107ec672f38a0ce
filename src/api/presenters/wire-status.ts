import type { RunStatus } from '../../domain/run-status.ts'
import type { StepStatus } from '../../domain/run-step.ts'

/** The wire's numbers and words. Clients hold closed lists of the numbers: none may be added. */
export const wireRunStatuses = {
  queued: { code: 1, word: 'Queued' },
  starting: { code: 2, word: 'Starting' },
  running: { code: 3, word: 'Running' },
  success: { code: 10, word: 'Success' },
  error: { code: 20, word: 'Error' },
  cancelled: { code: 30, word: 'Cancelled' },
} as const satisfies Record<RunStatus, { code: number; word: string }>

/**
 * A skipped step has the number of a cancelled one: it did not run, it did not fail (20 would make clients that look
 * for the failed step print it), and it is over (1 would make them wait).
 */
export const wireStepStatuses = {
  queued: { code: 1, word: 'Queued', color: '#8a8f98' },
  running: { code: 3, word: 'Running', color: '#2f73d9' },
  success: { code: 10, word: 'Success', color: '#55973a' },
  error: { code: 20, word: 'Error', color: '#c9302c' },
  cancelled: { code: 30, word: 'Cancelled', color: '#8a8f98' },
  skipped: { code: 30, word: 'Skipped', color: '#8a8f98' },
} as const satisfies Record<StepStatus, { code: number; word: string; color: string }>

export type WireRunStatus = (typeof wireRunStatuses)[RunStatus]['code']

export function runStatusOf(code: WireRunStatus): RunStatus {
  switch (code) {
    case 1:
      return 'queued'
    case 2:
      return 'starting'
    case 3:
      return 'running'
    case 10:
      return 'success'
    case 20:
      return 'error'
    case 30:
      return 'cancelled'
  }
}

/** 1 active, 2 deleted. */
export function presentState(state: number): 1 | 2 {
  return state === 1 ? 1 : 2
}
