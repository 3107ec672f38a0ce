import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { sql } from 'kysely'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { Connection } from '../domain/environment.ts'
import type { PlannedStep } from '../domain/run-step.ts'
import type { LogStream, RunSink, StepEnd } from '../engines/run-engine.ts'
import { storableText } from '../util/storable-text.ts'
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
  /** The database's time, as near as it is known. */
  readonly now: () => Date
  /** Called once, when something could not be stored: the run cannot go on honestly. */
  readonly onFailure: (error: unknown) => void
  readonly onFirstStep: () => void
}

/** With so many writes waiting, a log has to wait for the database. */
const busyLength = 64

/** What the first writes cost, the start of dbt would pay. */
const firstWriteDelayMs = 30

interface StepRecord {
  readonly index: number
  /** Known from the first write on. */
  id: number
  startedAt: Date | null
  endedAt: Date | null
  /** The command that was really run. */
  argv: string | null
  /** How it ended; undefined until then. */
  end: StepEnd | undefined
  /** Chunks written so far. */
  readonly sequences: Record<LogStream, number>
  /** Said and not yet written. */
  readonly unwritten: Record<LogStream, string>
  readonly artifacts: Array<{ path: string; size: number; key: string }>
}

/** A step that has ended, and where its logs are now. */
interface ArchivedStep {
  readonly step: StepRecord
  readonly consoleKey: string | null
  readonly debugKey: string | null
}

/** Characters of a log that may wait for the database. */
const maxUnwritten = 1024 * 1024

function newStepRecord(index: number): StepRecord {
  return {
    index,
    id: 0,
    startedAt: null,
    endedAt: null,
    argv: null,
    end: undefined,
    sequences: { console: 0, debug: 0 },
    unwritten: { console: '', debug: '' },
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
  /** Their ends are not written yet. */
  #ended: StepRecord[] = []
  #dbtVersion: string | undefined
  #started = false

  constructor(ctx: RecorderContext, steps: readonly PlannedStep[], options: RecorderOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#steps = new Map(steps.map(({ index }) => [index, newStepRecord(index)]))
    this.#writes = new WriteQueue(options.onFailure, firstWriteDelayMs)
    void this.#writes.add(() => this.#insertSteps(steps))
  }

  stepStarted(index: number, argv?: string): void {
    const step = this.#step(index)
    if (!this.#started) {
      this.#started = true
      this.#options.onFirstStep()
      const startedAt = this.#options.now()
      void this.#writes.add(() => this.#markRunning(startedAt))
    }
    step.startedAt ??= this.#options.now()
    step.argv = argv === undefined ? null : storableText(argv)
    void this.#writes.add(() => this.#writeStart(step))
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
    step.end = end
    step.endedAt = this.#options.now()
    this.#ended.push(step)
    void this.#writes.add(() => this.#writeEnds())
  }

  checkedOut(commit: { readonly sha: string; readonly branch: string | null }): void {
    this.#setRun({ git_sha: commit.sha, ...(commit.branch !== null && { git_branch: commit.branch }) })
  }

  dbtVersion(version: string): void {
    if (version === this.#dbtVersion) return
    this.#dbtVersion = version
    this.#setRun({ dbt_version: version })
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

  async #markRunning(startedAt: Date): Promise<void> {
    const { runId } = this.#options.lease
    await this.#ctx.db
      .updateTable('runs')
      .set({
        status: sql`case when status = 'starting' then 'running' else status end`,
        started_at: startedAt,
        updated_at: sql`now()`,
      })
      .where('id', '=', runId)
      .where(isHeld(this.#options.lease))
      .execute()
    this.#ctx.wakeUp.publish({ kind: 'changed', runId })
  }

  /** A step that has ended meanwhile is written with its end. */
  async #writeStart(step: StepRecord): Promise<void> {
    if (step.end !== undefined) return
    await this.#ctx.db
      .updateTable('run_steps')
      .set({
        status: 'running',
        started_at: step.startedAt,
        updated_at: sql`now()`,
        argv: step.argv,
      })
      .where('id', '=', step.id)
      .where(isHeld(this.#options.lease))
      .execute()
  }

  /** All that ended since: the first steps of a run take less time than writing. */
  async #writeEnds(): Promise<void> {
    const steps = this.#ended
    this.#ended = []
    if (steps.length === 0) return
    await this.#recordArtifacts(steps)
    const archived = await Promise.allSettled(steps.map((step) => this.#archiveLogs(step)))
    const ends = archived.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    await this.#updateEnded(ends)
    const failed = archived.find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  async #archiveLogs(step: StepRecord): Promise<ArchivedStep> {
    return {
      step,
      consoleKey: await this.#archive(step, 'console'),
      debugKey: await this.#archive(step, 'debug'),
    }
  }

  async #updateEnded(archived: readonly ArchivedStep[]): Promise<void> {
    const ends = archived.map(({ step, consoleKey, debugKey }) => ({
      id: step.id,
      status: step.end?.status,
      message: step.end?.message === undefined ? null : storableText(step.end.message),
      argv: step.argv,
      started_at: step.startedAt,
      finished_at: step.end?.status === 'skipped' ? null : step.endedAt,
      console_log_key: consoleKey,
      debug_log_key: debugKey,
    }))
    const { rows } = await sql<{ id: number }>`
      update run_steps set
        status = ended.status,
        status_message = ended.message,
        argv = ended.argv,
        started_at = ended.started_at,
        finished_at = ended.finished_at,
        updated_at = now(),
        console_log_key = ended.console_log_key,
        debug_log_key = ended.debug_log_key
      from jsonb_to_recordset(${JSON.stringify(ends)}::jsonb) as ended (
        id bigint, status text, message text, argv text, started_at timestamptz, finished_at timestamptz,
        console_log_key text, debug_log_key text
      )
      where run_steps.id = ended.id and ${isHeld(this.#options.lease)}
      returning run_steps.id
    `.execute(this.#ctx.db)
    // Without the update the chunks are all that is left of the log.
    const updated = new Set(rows.map(({ id }) => id))
    const ids = archived
      .filter(({ step }) => updated.has(step.id) && step.sequences.console + step.sequences.debug > 0)
      .map(({ step }) => step.id)
    if (ids.length === 0) return
    await this.#ctx.db.deleteFrom('step_log_chunks').where('step_id', 'in', ids).execute()
  }

  async #recordArtifacts(steps: readonly StepRecord[]): Promise<void> {
    const files = steps.flatMap((step) => step.artifacts.map((file) => ({ step: step.index, ...file })))
    if (files.length === 0) return
    const { runId } = this.#options.lease
    await sql`
      insert into run_artifacts (run_id, step_index, path, size_bytes, store_key)
      select ${runId}::bigint, file.step, file.path, file.size, file.key
      from jsonb_to_recordset(${JSON.stringify(files)}::jsonb) as file (step integer, path text, size bigint, key text)
      where ${isHeld(this.#options.lease)}
    `.execute(this.#ctx.db)
  }

  /** Of a step that has ended already, the log goes to the store at once. */
  async #writeLog(step: StepRecord, stream: LogStream): Promise<void> {
    const text = step.unwritten[stream]
    if (text === '' || step.end !== undefined) return
    step.unwritten[stream] = ''
    await this.#ctx.ensureRoom?.()
    const sequence = step.sequences[stream]++
    await appendLogChunk(this.#ctx.db, this.#options.lease, { stepId: step.id, stream, sequence, text })
  }

  async #archive(step: StepRecord, stream: LogStream): Promise<string | null> {
    const { runId, claim } = this.#options.lease
    const rest = step.unwritten[stream]
    step.unwritten[stream] = ''
    if (step.sequences[stream] === 0 && rest === '') return null
    const key = `logs/${runId}/${claim}/${step.index}/${stream}.log`
    return archiveLog(this.#ctx, { stepId: step.id, stream, key, hasChunks: step.sequences[stream] > 0, rest })
  }

  #setRun(values: { git_sha?: string; git_branch?: string; dbt_version?: string }): void {
    void this.#writes.add(async () => {
      await this.#ctx.db
        .updateTable('runs')
        .set({ ...values, updated_at: sql`now()` })
        .where('id', '=', this.#options.lease.runId)
        .where(isHeld(this.#options.lease))
        .execute()
    })
  }

  #step(index: number): StepRecord {
    const step = this.#steps.get(index)
    if (step === undefined) throw new Error(`Run ${this.#options.lease.runId} has no step ${index}.`)
    return step
  }
}
