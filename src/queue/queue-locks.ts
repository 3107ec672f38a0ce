import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../domain/actor.ts'
import { tokenIdOf } from './waiting-runs.ts'

/** The keys of the locks under which runs of a job, and of a token, are counted. The job's is taken first. */
export function lockKeysOf({ jobId, actor }: { readonly jobId: number; readonly actor: Actor }) {
  return { job: keyOf(`job ${jobId}`), token: keyOf(`token ${tokenIdOf(actor)}`) }
}

function keyOf(name: string): RawBuilder<unknown> {
  return sql`hashtextextended(${`waiting runs of ${name}`}, 0)`
}
