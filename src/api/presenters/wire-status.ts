import { type RunStatus, statusCodes } from '../../domain/runs/run-status.ts'
import type { StepStatus } from '../../domain/runs/run-step.ts'

/** Clients know these numbers and words. */
export const wireRunStatuses = {
  queued: { code: statusCodes.queued, word: 'Queued' },
  starting: { code: statusCodes.starting, word: 'Starting' },
  running: { code: statusCodes.running, word: 'Running' },
  success: { code: statusCodes.success, word: 'Success' },
  error: { code: statusCodes.error, word: 'Error' },
  cancelled: { code: statusCodes.cancelled, word: 'Cancelled' },
} as const satisfies Record<RunStatus, { code: number; word: string }>

/**
 * A skipped step has the number of a cancelled one: it did not run, it did not fail (20 would make clients that look
 * for the failed step print it), and it is over (1 would make them wait).
 */
export const wireStepStatuses = {
  queued: { code: statusCodes.queued, word: 'Queued', color: '#8a8f98' },
  running: { code: statusCodes.running, word: 'Running', color: '#2f73d9' },
  success: { code: statusCodes.success, word: 'Success', color: '#55973a' },
  error: { code: statusCodes.error, word: 'Error', color: '#c9302c' },
  cancelled: { code: statusCodes.cancelled, word: 'Cancelled', color: '#8a8f98' },
  skipped: { code: statusCodes.cancelled, word: 'Skipped', color: '#8a8f98' },
} as const satisfies Record<StepStatus, { code: number; word: string; color: string }>
