import { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { LogStream } from '../engines/run-engine.ts'
import { storableText } from '../util/storable-text.ts'
import { isHeld, type RunLease } from './lease.ts'

/** Appends a chunk of a running step's log, which any process can read from then on. */
export async function appendLogChunk(
  db: Db,
  lease: RunLease,
  chunk: { stepId: number; stream: LogStream; sequence: number; text: string },
): Promise<void> {
  await sql`
    insert into step_log_chunks (step_id, stream, sequence, content)
    select ${chunk.stepId}::bigint, ${chunk.stream}, ${chunk.sequence}::integer, ${storableText(chunk.text)}
    where ${isHeld(lease)}
  `.execute(db)
}

/** Moves a step's chunks, and the rest that was never written, into one object of the artifact store; answers its key, or null when there was no log. */
export async function archiveLog(
  ctx: { db: Db; artifacts: ArtifactStore },
  log: { stepId: number; stream: LogStream; key: string; hasChunks: boolean; rest: string },
): Promise<string | null> {
  const content = log.hasChunks ? Readable.from(wholeLog(ctx.db, log)) : log.rest
  const size = await ctx.artifacts.put(log.key, content)
  return size > 0 ? log.key : null
}

async function* wholeLog(db: Db, log: { stepId: number; stream: LogStream; rest: string }): AsyncGenerator<string> {
  yield* chunksOf(db, log.stepId, log.stream)
  if (log.rest !== '') yield log.rest
}

/** The chunks in order, a few at a time, so that a large log is never whole in memory. */
async function* chunksOf(db: Db, stepId: number, stream: LogStream): AsyncGenerator<string> {
  for (let next = 0; ; ) {
    const chunks = await db
      .selectFrom('step_log_chunks')
      .select(['sequence', 'content'])
      .where('step_id', '=', stepId)
      .where('stream', '=', stream)
      .where('sequence', '>=', next)
      .orderBy('sequence')
      .limit(32)
      .execute()
    const last = chunks.at(-1)
    if (last === undefined) return
    for (const chunk of chunks) yield chunk.content
    next = last.sequence + 1
  }
}
