import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import type { ArtifactStore } from '../artifacts/artifact-store.ts'
import type { Db } from '../db/database.ts'
import { planKept } from '../db/kept-plans.ts'
import type { WakeUp } from '../db/wake-up.ts'
import type { Connection } from '../domain/environment.ts'
import type { PlannedStep } from '../domain/run-step.ts'
import type { ExclusiveHold, LogStream, RunSink, StepEnd } from '../engines/run-engine.ts'
import { storableText } from '../util/storable-text.ts'
import { holdExclusively, tryToHold } from './exclusive-hold.ts'
import { isHeld, type RunLease } from './lease.ts'
import { appendLogChunk } from './step-logs.ts'
import {
  insertSteps,
  newStepRecord,
  type RunFacts,
  type StepRecord,
  type StepStore,
  writeEnds,
  writeRun,
  writeStart,
} from './step-writes.ts'
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

/** Characters of a log that may wait for the database. */
const maxUnwritten = 1024 * 1024

/**
 * Writes down what an engine reports, in order and behind its back, so that dbt does not wait for the database.
 * Every write is guarded by the lease: a worker that lost it writes nothing.
 */
export class RunRecorder implements RunSink {
  readonly #ctx: RecorderContext
  readonly #options: RecorderOptions
  readonly #store: StepStore
  readonly #steps: Map<number, StepRecord>
  readonly #writes: WriteQueue
  /** Their ends are not written yet. */
  #ended: StepRecord[] = []
  /** Found out about the run and not written yet. */
  #unwritten: RunFacts = {}
  #started = false

  constructor(ctx: RecorderContext, steps: readonly PlannedStep[], options: RecorderOptions) {
    this.#ctx = ctx
    this.#options = options
    this.#store = { db: ctx.db, artifacts: ctx.artifacts, lease: options.lease }
    this.#steps = new Map(steps.map(({ index }) => [index, newStepRecord(index)]))
    this.#writes = new WriteQueue(options.onFailure, firstWriteDelayMs)
    void this.#writes.add(() => this.#insertSteps(steps))
  }

  stepStarted(index: number, argv?: string): void {
    const step = this.#step(index)
    if (!this.#started) {
      this.#started = true
      this.#options.onFirstStep()
      this.#setRun({ started_at: this.#options.now() })
    }
    step.startedAt ??= this.#options.now()
    step.argv = argv === undefined ? null : storableText(argv)
    // A step that has ended meanwhile is written with its end.
    void this.#writes.add(async () => {
      if (step.end === undefined) await writeStart(this.#store, step)
    })
  }

  async log(index: number, stream: LogStream, text: string): Promise<void> {
    const step = this.#step(index)
    const isWaiting = step.unwritten[stream] !== ''
    step.unwritten[stream] += text
    const written = isWaiting ? undefined : this.#writes.add(() => this.#writeLog(step, stream))
    if (this.#writes.length > busyLength || step.unwritten[stream].length > maxUnwritten) await written
  }

  async artifact(index: number, path: string, content: Readable | string): Promise<void> {
    const { runId, claim } = this.#options.lease
    const key = `runs/${runId}/${claim}/${index}/${path}`
    const size = await this.#ctx.artifacts.put(key, content)
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
    this.#setRun({ dbt_version: version })
  }

  connectionSeen(connection: Connection): void {
    void this.#writes.add(async () => {
      const seen = JSON.stringify(connection)
      await sql`${planKept}
        update environments set connection_seen = ${seen}::jsonb
        from runs
        where runs.id = ${this.#options.lease.runId} and environments.id = runs.environment_id
          and environments.connection_seen is distinct from ${seen}::jsonb and ${isHeld(this.#options.lease)}
      `.execute(this.#ctx.db)
    })
  }

  holdExclusively(resources: readonly string[], onWait: (holderRunId: number) => void): Promise<ExclusiveHold> {
    return holdExclusively(this.#ctx, this.#options.lease, resources, onWait, this.#options.signal)
  }

  tryToHold(resource: string): Promise<ExclusiveHold | undefined> {
    return tryToHold(this.#ctx, this.#options.lease, resource)
  }

  async fetchArtifact(storeKey: string): Promise<string> {
    const content = await this.#ctx.artifacts.get(storeKey)
    if (content === undefined) throw new Error(`The artifact ${storeKey} is not in the store any more.`)
    return text(content)
  }

  /** Resolves when everything that was reported is stored. */
  async settled(): Promise<void> {
    await this.#writes.drained()
  }

  async #insertSteps(steps: readonly PlannedStep[]): Promise<void> {
    for (const [index, id] of await insertSteps(this.#store, steps)) this.#step(index).id = id
  }

  /** All that ended since: the first steps of a run take less time than writing. */
  async #writeEnds(): Promise<void> {
    const steps = this.#ended
    this.#ended = []
    if (steps.length > 0) await writeEnds(this.#store, steps)
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

  #setRun(facts: RunFacts): void {
    const isWaiting = Object.keys(this.#unwritten).length > 0
    Object.assign(this.#unwritten, facts)
    if (!isWaiting) void this.#writes.add(() => this.#writeRun())
  }

  /** All that was found out since. */
  async #writeRun(): Promise<void> {
    const facts = this.#unwritten
    this.#unwritten = {}
    await writeRun(this.#store, facts)
  }

  #step(index: number): StepRecord {
    const step = this.#steps.get(index)
    if (step === undefined) throw new Error(`Run ${this.#options.lease.runId} has no step ${index}.`)
    return step
  }
}
