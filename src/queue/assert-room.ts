import { sql } from 'kysely'
import type { Db, Tx } from '../db/database.ts'
import { TooManyRequestsError } from '../domain/errors.ts'
import type { NewRun } from './insert-run.ts'
import { tokenIdOf, waitingOfJob, waitingOfToken } from './waiting-runs.ts'

/** Runs that may wait in the queue; 0 for no limit. */
export interface QueueLimits {
  readonly perJob: number
  readonly perToken: number
}

/** Runs end by the minute, and so does the wait for room. */
const retryAfterSeconds = 60

/** Throws TooManyRequestsError when as many runs wait as may. */
export async function assertRoom(
  db: Db | Tx,
  { perJob, perToken }: QueueLimits,
  { jobId, actor }: Pick<NewRun, 'jobId' | 'actor'>,
): Promise<void> {
  const tokenId = tokenIdOf(actor)
  const { rows } = await sql<{ of_job: number; of_token: number }>`
    select ${waitingOfJob(perJob)} as of_job, ${waitingOfToken(tokenId, perToken)} as of_token
    from jobs
    where jobs.id = ${jobId}
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
