import { Readable } from 'node:stream'
import { sql } from 'kysely'
import type { ByteRange } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { StepLogChunksTable } from '../db/schema/run-steps.ts'
import type { StepLogContext } from './run-log.ts'

type LogStream = StepLogChunksTable['stream']

/** One log of a step, as far as it is known now. */
export interface StepLog {
  /** Bytes of UTF-8. */
  readonly bytes: number
  /** True when nothing follows any more. */
  readonly isComplete: boolean
  /** Under this key the store has the whole of a step that has ended, if it logged anything. */
  readonly key: string | null
  open(range?: ByteRange): Promise<Readable | undefined>
}

/** Finds a log of the step with this index; undefined when the run has no such step. It is never read whole into memory. */
export async function findStepLog(
  ctx: StepLogContext,
  { runId, index, stream }: { runId: number; index: number; stream: LogStream },
): Promise<StepLog | undefined> {
  const step = await findLog(ctx.db, runId, index, stream)
  if (step === undefined) return undefined
  const { id, key, live_bytes: liveBytes, is_over: isOver } = step
  if (key !== null) {
    const stored = await ctx.artifacts.get(key, { start: 0, end: 0 })
    stored?.content.destroy()
    const open = async (range?: ByteRange) => (await ctx.artifacts.get(key, range))?.content
    return { bytes: stored?.size ?? 0, isComplete: true, key, open }
  }
  return {
    bytes: liveBytes,
    isComplete: isOver,
    key,
    open: async ({ start = 0, end = liveBytes }: Partial<ByteRange> = {}) =>
      Readable.from(readLive(ctx, { runId, index, stream, stepId: id }, start, Math.min(end, liveBytes))),
  }
}

interface LogPlace {
  readonly id: number
  readonly key: string | null
  readonly live_bytes: number
  readonly is_over: boolean
}

/** It takes one snapshot: the pieces of a step that ends are removed with the statement that names its key. */
async function findLog(db: Db, runId: number, index: number, stream: LogStream): Promise<LogPlace | undefined> {
  const { rows } = await sql<LogPlace>`
    select run_steps.id, ${sql.ref(`run_steps.${stream}_log_key`)} as key,
      run_steps.status not in ('queued', 'running') as is_over,
      coalesce((
        select sum(octet_length(content)) from step_log_chunks
        where step_log_chunks.step_id = run_steps.id and step_log_chunks.stream = ${stream}
      ), 0)::bigint as live_bytes
    from run_steps
    where run_steps.run_id = ${runId} and run_steps.index = ${index}
  `.execute(db)
  return rows[0]
}

interface Piece {
  readonly sequence: number
  readonly content: string
}

/** Reads piece by piece; what is gone meanwhile stands in the store, at the same places. */
async function* readLive(
  ctx: StepLogContext,
  { runId, index, ...log }: { runId: number; index: number; stream: LogStream; stepId: number },
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  const first = await findPieceAt(ctx.db, log, start)
  let skip = first === undefined ? 0 : start - first.start
  let piece: Piece | undefined = first
  for (let at = start; at < end; ) {
    if (piece === undefined) {
      const place = await findLog(ctx.db, runId, index, log.stream)
      const stored = place?.key ? await ctx.artifacts.get(place.key, { start: at, end }) : undefined
      if (stored !== undefined) yield* stored.content
      return
    }
    const bytes = Buffer.from(piece.content).subarray(skip, skip + end - at)
    yield bytes
    at += bytes.length
    skip = 0
    if (at < end) piece = await findPieceAfter(ctx.db, log, piece.sequence)
  }
}

interface LiveLog {
  readonly stepId: number
  readonly stream: LogStream
}

/** The piece that has this byte, and where it begins. */
async function findPieceAt(
  db: Db,
  { stepId, stream }: LiveLog,
  at: number,
): Promise<(Piece & { readonly start: number }) | undefined> {
  const { rows } = await sql<Piece & { readonly start: number }>`
    select placed.start, sequence, step_log_chunks.content
    from (
      select sequence, sum(octet_length(content)) over (order by sequence) - octet_length(content) as start,
        octet_length(content) as bytes
      from step_log_chunks
      where step_id = ${stepId} and stream = ${stream}
    ) as placed
    join step_log_chunks using (sequence)
    where step_log_chunks.step_id = ${stepId} and step_log_chunks.stream = ${stream}
      and placed.start <= ${at} and placed.start + placed.bytes > ${at}
  `.execute(db)
  return rows[0]
}

async function findPieceAfter(db: Db, { stepId, stream }: LiveLog, sequence: number): Promise<Piece | undefined> {
  return db
    .selectFrom('step_log_chunks')
    .select(['sequence', 'content'])
    .where('step_id', '=', stepId)
    .where('stream', '=', stream)
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(1)
    .executeTakeFirst()
}
