import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'

/*
 * Runs that wait in the queue, counted to a bound: what a trigger costs does not depend on how many there are of others.
 * Both stand in a statement that reads the job's row of `jobs`.
 */

export function waitingOfJob(most: number): RawBuilder<number> {
  return sql<number>`(
    select count(*)::int
    from (
      select from runs
      where runs.job_id = jobs.id and runs.status = 'queued' and runs.claimed_at is null
      limit ${most}
    ) as waiting
  )`
}

export function waitingOfToken(tokenId: number | null, most: number): RawBuilder<number> {
  return sql<number>`(
    select count(*)::int
    from (
      select from runs
      where (runs.triggered_by ->> 'id')::bigint = ${tokenId}::bigint and runs.triggered_by ->> 'type' = 'service_token'
        and runs.status = 'queued' and runs.claimed_at is null
      limit ${most}
    ) as waiting
  )`
}

export function tokenIdOf(actor: Actor): number | null {
  return actor.type === 'service_token' ? actor.id : null
}
