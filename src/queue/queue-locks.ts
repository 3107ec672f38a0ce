import { type RawBuilder, sql } from 'kysely'
import type { NewRun } from './insert-run.ts'
import { tokenIdOf } from './waiting-runs.ts'

/** The keys of the locks under which runs of a job, and of a token, are counted: the job's first. */
export function lockKeysOf({ jobId, actor }: Pick<NewRun, 'jobId' | 'actor'>): RawBuilder<unknown>[] {
  return [`job ${jobId}`, `token ${tokenIdOf(actor)}`].map(
    (name) => sql`hashtextextended(${`waiting runs of ${name}`}, 0)`,
  )
}
