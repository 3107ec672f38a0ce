import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import type { Actor } from '../domain/actor.ts'
import { TooManyRequestsError } from '../domain/errors.ts'

/** Runs that may wait in the queue; 0 for no limit. */
export interface QueueLimits {
  readonly perJob: number
  readonly perToken: number
}

/** Runs end by the minute, and so does the wait for room. */
const retryAfterSeconds = 60

/**
 * Throws TooManyRequestsError when as many runs wait as may. It is asked before the run is queued and not with it: two
 * triggers at one moment may both be the last.
 */
export async function assertRoom(
  db: Db,
  { perJob, perToken }: QueueLimits,
  { jobId, actor }: { readonly jobId: number; readonly actor: Actor },
): Promise<void> {
  if (perJob === 0 && perToken === 0) return
  const tokenId = actor.type === 'service_token' ? actor.id : null
  const { rows } = await sql<{ of_job: number; of_token: number }>`
    select
      count(*) filter (where runs.job_id = ${jobId})::int as of_job,
      count(*) filter (where runs.triggered_by ->> 'type' = 'service_token'
        and (runs.triggered_by ->> 'id')::bigint = ${tokenId}::bigint)::int as of_token
    from runs
    where runs.status = 'queued' and runs.claimed_at is null
  `.execute(db)
  const { of_job: ofJob = 0, of_token: ofToken = 0 } = rows[0] ?? {}
  const cure = 'Wait until some have run, or cancel them.'
  if (perJob > 0 && ofJob >= perJob) {
    const message = `Job ${jobId} has ${ofJob} runs in the queue, and ${perJob} may wait (STRATUS_MAX_QUEUED_PER_JOB). ${cure}`
    throw new TooManyRequestsError(message, retryAfterSeconds)
  }
  if (perToken > 0 && tokenId !== null && ofToken >= perToken) {
    const message = `The token "${actor.name}" has ${ofToken} runs in the queue, and ${perToken} may wait (STRATUS_MAX_QUEUED_PER_TOKEN). ${cure}`
    throw new TooManyRequestsError(message, retryAfterSeconds)
  }
}
