import type { Db } from '../db/database.ts'
import { AppError } from '../domain/errors.ts'
import { type AuditEntry, addAuditEntry, completeAuditEntry, outcomes, removeAuditEntry } from './audit-entries.ts'

export interface ChangeOutcome {
  readonly status: number
  readonly targetId: number | null
  readonly projectId: number | null
}

/**
 * Makes a change with its entry in the audit log around it: the entry is written first, so that no change can be
 * without one, and completed afterwards. A change that is refused leaves none. An entry without a status tells of a
 * server that ended in between.
 */
export async function recordChange<T>(
  db: Db,
  entry: Omit<AuditEntry, 'status'>,
  change: () => Promise<T>,
  outcomeOf: (result: T) => ChangeOutcome,
): Promise<T> {
  const key = await addAuditEntry(db, { ...entry, status: null })
  try {
    const result = await change()
    // When this fails, the change is made all the same, and its entry is there without a status.
    await completeAuditEntry(db, key, outcomeOf(result)).catch(() => {})
    return result
  } catch (error) {
    if (error instanceof AppError) await removeAuditEntry(db, key).catch(() => {})
    else await completeAuditEntry(db, key, { status: outcomes.failed, targetId: null, projectId: null }).catch(() => {})
    throw error
  }
}
