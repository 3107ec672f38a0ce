/*
 * The life of a run.
 *
 *   queued ──claim──▶ starting ──first step──▶ running ──▶ success | error
 *      └──────────────────┴────────────────────────┴─────▶ cancelled
 *
 * `starting` goes back to `queued` when its worker is lost, or stops, before any step.
 * The last three never change again. Who may touch a run is about being held
 * (claimed and not yet released), never about status.
 */
export const runStatuses = ['queued', 'starting', 'running', 'success', 'error', 'cancelled'] as const
export type RunStatus = (typeof runStatuses)[number]
export type FinalRunStatus = 'success' | 'error' | 'cancelled'

/** Clients hold closed lists of these numbers of the wire: none may be added. */
export const statusCodes = {
  queued: 1,
  starting: 2,
  running: 3,
  success: 10,
  error: 20,
  cancelled: 30,
} as const satisfies Record<RunStatus, number>
export const finalStatusCodes = [statusCodes.success, statusCodes.error, statusCodes.cancelled] as const

const successors: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['starting', 'cancelled'],
  starting: ['running', 'queued', 'success', 'error', 'cancelled'],
  running: ['success', 'error', 'cancelled'],
  success: [],
  error: [],
  cancelled: [],
}

/** The statuses from which a run may move to `next`: the `where` of every status update. */
export function predecessorsOf(next: RunStatus): RunStatus[] {
  return runStatuses.filter((status) => successors[status].includes(next))
}

export function isFinalStatus(status: RunStatus): status is FinalRunStatus {
  return successors[status].length === 0
}
