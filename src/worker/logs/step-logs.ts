import { sql } from 'kysely'
import type { Db } from '../../db/database.ts'
import type { LogStream } from '../../engines/run-engine.ts'
import { isHeld, type RunLease } from '../../queue/lease.ts'

/**
 * Appends a chunk of a running step's log, which any process can read from then on. Once, however often it is sent; one
 * that arrives when the step has ended is in its whole log already.
 */
export async function appendLogChunk(
  db: Db,
  lease: RunLease,
  chunk: { stepId: number; stream: LogStream; sequence: number; text: string },
): Promise<void> {
  await sql`
    insert into step_log_chunks (step_id, stream, sequence, content)
    select run_steps.id, ${chunk.stream}, ${chunk.sequence}::integer, ${chunk.text}
    from run_steps
    where run_steps.id = ${chunk.stepId} and run_steps.status in ('queued', 'running') and ${isHeld(lease)}
    on conflict do nothing
  `.execute(db)
}
