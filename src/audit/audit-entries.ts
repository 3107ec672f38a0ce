import { type SqlBool, sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { allOf, equals, inOrder, isWithin, readPage } from '../db/list-queries.ts'
import type { AuditLogRow } from '../db/schema/audit-logs.ts'
import type { Actor } from '../domain/actor.ts'
import type { PageOf, Paging } from '../util/paging.ts'

export type AuditRecord = AuditLogRow

/** The caller names the origin of a change in its own words. */
export interface AskedBy {
  readonly operation: string
  /** It is null when no request did: Stratus itself decided on it. */
  readonly method: string | null
}

/** Says how an entry says that its change was made, or broke off, where nobody else has a number for it. */
export const outcomes = { done: 200, failed: 500 } as const

export interface AuditEntry extends AskedBy {
  readonly accountId: number
  readonly actor: Actor
  readonly projectId: number | null
  readonly targetId: number | null
  /** It never has values of what was changed: they may be secrets. */
  readonly context: Readonly<Record<string, unknown>>
  readonly status: number | null
}

/** Identifies an entry; ids grow with time. */
export interface EntryKey {
  readonly account_id: number
  readonly id: number
}

export async function addAuditEntry(db: Db, entry: AuditEntry): Promise<EntryKey> {
  return db
    .insertInto('audit_logs')
    .values({
      account_id: entry.accountId,
      actor: JSON.stringify(entry.actor),
      operation: entry.operation,
      method: entry.method,
      project_id: entry.projectId,
      target_id: entry.targetId,
      context: JSON.stringify(entry.context),
      status: entry.status,
    })
    .returning(['account_id', 'id'])
    .executeTakeFirstOrThrow()
}

/** Says how an entry's operation ended, and what it made. */
export async function completeAuditEntry(
  db: Db,
  key: EntryKey,
  outcome: { readonly status: number; readonly targetId: number | null; readonly projectId: number | null },
): Promise<void> {
  await db
    .updateTable('audit_logs')
    .set({
      status: outcome.status,
      target_id: sql<number | null>`coalesce(${outcome.targetId}, target_id)`,
      project_id: sql<number | null>`coalesce(${outcome.projectId}, project_id)`,
    })
    .where('account_id', '=', key.account_id)
    .where('id', '=', key.id)
    .execute()
}

/** Removes the entry of a change that turned out to change nothing. */
export async function removeAuditEntry(db: Db, key: EntryKey): Promise<void> {
  await db.deleteFrom('audit_logs').where('account_id', '=', key.account_id).where('id', '=', key.id).execute()
}

export interface AuditFilter {
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  readonly method?: string | undefined
}

export async function listAuditEntries(
  db: Db,
  accountId: number,
  filter: AuditFilter,
  { limit, offset, ordering }: Paging<'id'>,
): Promise<PageOf<AuditRecord>> {
  const where = allOf([
    equals('audit_logs.account_id', accountId),
    filter.from && sql<SqlBool>`audit_logs.logged_at >= ${filter.from}`,
    filter.to && isWithin('audit_logs.logged_at', { from: new Date(0), to: filter.to }),
    equals('audit_logs.method', filter.method),
  ])
  const order = inOrder('audit_logs', ordering)
  const query = db.selectFrom('audit_logs').selectAll('audit_logs')
  return readPage(db, query, { table: 'audit_logs', where, order, limit, offset })
}
