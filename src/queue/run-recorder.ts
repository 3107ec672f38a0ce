import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { sql } from 'kysely'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { Connection } from '../domain/environment.ts'
import type { PlannedStep } from '../domain/run-step.ts'
import type { LogStream, RunSink, StepEnd } from '../engines/run-engine.ts'
import { holdExclusively } from './exclusive-hold.ts'
import { isHeld, type RunLease } from './lease.ts'
import { appendLogChunk, archiveLog } from './step-logs.ts'
import { WriteQueue } from './write-queue.ts'

export interface RecorderContext {
  readonly db: Db
  readonly wakeUp: WakeUp
  readonly artifacts: ArtifactStore
  /** Throws when the database has no room for another piece of log; absent: it has always. */
  ensureRoom?(): Promise<void>
}

export interface RecorderOptions {
  readonly lease: RunLease
  readonly signal: AbortSignal
  /** Called once, when something could not be stored: the run cannot go on honestly. */
  readonly onFailure: (error: unknown) => void
  readonly onFirstStep: () => void
}

/** With so many writes waiting, a log has to wait for the database. */
const busyLength = 64

/** What the first writes cost, the start of dbt would pay. */
const firstWriteDelayMs = 30

interface StepRecord {
  /** Known from the first write on. */
  id: number
  /** Chunks written so far. */
  readonly sequences: Record<LogStream, number>
  /** Said and not yet written. */
  readonly unwritten: Record<LogStream, string>
  ended: boolean
  readonly artifacts: Array<{ path: string; size: number; key: string }>
}

/** Characters of a log that may wait for the database. */
const maxUnwritten = 1024 * 1024

function newStepRecord(): StepRecord {
  return {
    id: 0,
    sequences: { console: 0, debug: 0 },
    unwritten: { console: '', debug: '' },
    ended: false,
    artifacts: [],
  }
}

/**
 * Writes down what an engine reports, in order and behind its back, so that dbt does not wait for the database.
 * Every write is guarded by the lease: a worker that lost it writes nothing.
 */
export class RunRecorder implements RunSink {
  readonly #ctx: RecorderContext
  readonly #options: RecorderOptions
  readonly #steps: Map<number, StepRecord>
  readonly #writes: WriteQueue
  #started = false

  constructor(ctx: RecorderContext, steps: readonly PlannedStep[], options: RecorderOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#steps = new Map(steps.map(({ index }) => [index, newStepRecord()]))
    this.#writes = new WriteQueue(options.onFailure, firstWriteDelayMs)
    void this.#writes.add(() => this.#insertSteps(steps))
  }

  stepStarted(index: number, argv?: string): void {
    const step = this.#step(index)
    if (!this.#started) {
      this.#started = true
      this.#options.onFirstStep()
      void this.#writes.add(() => this.#markRunning())
    }
    void this.#writes.add(async () => {
      await this.#ctx.db
        .updateTable('run_steps')
        .set({
          status: 'running',
          started_at: sql`coalesce(started_at, now())`,
          updated_at: sql`now()`,
          argv: argv ?? null,
        })
        .where('id', '=', step.id)
        .where(isHeld(this.#options.lease))
        .execute()
    })
  }

  async log(index: number, stream: LogStream, text: string): Promise<void> {
    const step = this.#step(index)
    const isWaiting = step.unwritten[stream] !== ''
    step.unwritten[stream] += text
    const written = isWaiting ? undefined : this.#writes.add(() => this.#writeLog(step, stream))
    if (this.#writes.length > busyLength || step.unwritten[stream].length > maxUnwritten) await written
  }

  async artifact(index: number, path: string, file: string): Promise<void> {
    const { runId, claim } = this.#options.lease
    const key = `runs/${runId}/${claim}/${index}/${path}`
    const size = await this.#ctx.artifacts.put(key, createReadStream(file))
    this.#step(index).artifacts.push({ path, size, key })
  }

  async stepFinished(index: number, end: StepEnd): Promise<void> {
    const step = this.#step(index)
    step.ended = true
    void this.#writes.add(() => this.#recordArtifacts(index, step))
    void this.#writes.add(() => this.#endStep(index, step, end))
  }

  checkedOut(commit: { readonly sha: string; readonly branch: string | null }): void {
    void this.#writes.add(() =>
      this.#setRun({ git_sha: commit.sha, ...(commit.branch !== null && { git_branch: commit.branch }) }),
    )
  }

  dbtVersion(version: string): void {
    void this.#writes.add(() => this.#setRun({ dbt_version: version }))
  }

  connectionSeen(connection: Connection): void {
    void this.#writes.add(async () => {
      const seen = JSON.stringify(connection)
      await sql`
        update environments set connection_seen = ${seen}::jsonb
        from runs
        where runs.id = ${this.#options.lease.runId} and environments.id = runs.environment_id
          and environments.connection_seen is distinct from ${seen}::jsonb and ${isHeld(this.#options.lease)}
      `.execute(this.#ctx.db)
    })
  }

  async holdExclusively(resource: string, onWait: (holderRunId: number) => void): Promise<void> {
    await holdExclusively(this.#ctx, this.#options.lease, resource, onWait, this.#options.signal)
  }

  async fetchArtifact(storeKey: string, file: string): Promise<void> {
    const content = await this.#ctx.artifacts.get(storeKey)
    if (content === undefined) throw new Error(`The artifact ${storeKey} is not in the store any more.`)
    await pipeline(content, createWriteStream(file, { mode: 0o600 }))
  }

  /** Resolves when everything that was reported is stored. */
  async settled(): Promise<void> {
    await this.#writes.drained()
  }

  get hasStarted(): boolean {
    return this.#started
  }

  async #insertSteps(steps: readonly PlannedStep[]): Promise<void> {
    const { runId } = this.#options.lease
    const rows = await this.#ctx.db
      .insertInto('run_steps')
      .values(steps.map(({ index, kind, name, command = null }) => ({ run_id: runId, index, kind, name, command })))
      .returning(['id', 'index'])
      .execute()
    for (const row of rows) this.#step(row.index).id = row.id
  }

  async #markRunning(): Promise<void> {
    const { runId } = this.#options.lease
    await this.#ctx.db
      .updateTable('runs')
      .set({
        status: sql`case when status = 'starting' then 'running' else status end`,
        started_at: sql`now()`,
        updated_at: sql`now()`,
      })
      .where('id', '=', runId)
      .where(isHeld(this.#options.lease))
      .execute()
    this.#ctx.wakeUp.publish({ kind: 'changed', runId })
  }

  async #recordArtifacts(index: number, step: StepRecord): Promise<void> {
    if (step.artifacts.length === 0) return
    const { runId } = this.#options.lease
    await sql`
      insert into run_artifacts (run_id, step_index, path, size_bytes, store_key)
      select ${runId}::bigint, ${index}::integer, file.path, file.size, file.key
      from jsonb_to_recordset(${JSON.stringify(step.artifacts)}::jsonb) as file (path text, size bigint, key text)
      where ${isHeld(this.#options.lease)}
    `.execute(this.#ctx.db)
  }

  async #endStep(index: number, step: StepRecord, end: StepEnd): Promise<void> {
    const consoleKey = await this.#archive(index, step, 'console')
    const debugKey = await this.#archive(index, step, 'debug')
    const { numUpdatedRows } = await this.#ctx.db
      .updateTable('run_steps')
      .set({
        status: end.status,
        status_message: end.message ?? null,
        finished_at: end.status === 'skipped' ? null : sql`now()`,
        updated_at: sql`now()`,
        console_log_key: consoleKey,
        debug_log_key: debugKey,
      })
      .where('id', '=', step.id)
      .where(isHeld(this.#options.lease))
      .executeTakeFirst()
    // Without the update the chunks are all that is left of the log.
    const hasChunks = step.sequences.console + step.sequences.debug > 0
    if (numUpdatedRows === 1n && hasChunks)
      await this.#ctx.db.deleteFrom('step_log_chunks').where('step_id', '=', step.id).execute()
  }

  /** Of a step that has ended already, the log goes to the store at once. */
  async #writeLog(step: StepRecord, stream: LogStream): Promise<void> {
    const text = step.unwritten[stream]
    if (text === '' || step.ended) return
    step.unwritten[stream] = ''
    await this.#ctx.ensureRoom?.()
    const sequence = step.sequences[stream]++
    await appendLogChunk(this.#ctx.db, this.#options.lease, { stepId: step.id, stream, sequence, text })
  }

  async #archive(index: number, step: StepRecord, stream: LogStream): Promise<string | null> {
    const { runId, claim } = this.#options.lease
    const rest = step.unwritten[stream]
    step.unwritten[stream] = ''
    if (step.sequences[stream] === 0 && rest === '') return null
    const key = `logs/${runId}/${claim}/${index}/${stream}.log`
    return archiveLog(this.#ctx, { stepId: step.id, stream, key, hasChunks: step.sequences[stream] > 0, rest })
  }

  async #setRun(values: { git_sha?: string; git_branch?: string; dbt_version?: string }): Promise<void> {
    await this.#ctx.db
      .updateTable('runs')
      .set({ ...values, updated_at: sql`now()` })
      .where('id', '=', this.#options.lease.runId)
      .where(isHeld(this.#options.lease))
      .execute()
  }

  #step(index: number): StepRecord {
    const step = this.#steps.get(index)
    if (step === undefined) throw new Error(`Run ${this.#options.lease.runId} has no step ${index}.`)
    return step
  }
}
