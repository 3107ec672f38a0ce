import type { ArtifactStore } from '../../artifacts/artifact-store.ts'
import type { Db } from '../../db/database.ts'
import { persistently } from '../../db/persistently.ts'
import type { PlannedStep } from '../../domain/runs/run-step.ts'
import type { LogStream, RunEvent, RunSink, StepEnd } from '../../engines/run-engine.ts'
import type { RunLease } from '../../queue/lease.ts'
import type { Content } from '../../util/content.ts'
import { storableJson } from '../../util/text/storable-json.ts'
import { storableText } from '../../util/text/storable-text.ts'
import type { LogSpool } from '../logs/log-spool.ts'
import { appendLogChunk } from '../logs/step-logs.ts'
import { NodeRecorder } from './node-recorder.ts'
import { PatientStore } from './patient-store.ts'
import {
  insertSteps,
  newStepRecord,
  type RunFacts,
  type StepRecord,
  type StepStore,
  writeConnectionSeen,
  writeEnds,
  writeRun,
  writeStart,
} from './step-writes.ts'
import { WriteQueue } from './write-queue.ts'

export interface RecorderContext {
  readonly db: Db
  readonly artifacts: ArtifactStore
  /** For so long the end of a step waits for a store that does not answer. */
  readonly artifactsWaitMs: number
  readonly logSpool: LogSpool
  /** Throws when the database has no room for another piece of log; absent: it has always. */
  ensureRoom?(): Promise<void>
}

export interface RecorderOptions {
  readonly lease: RunLease
  /** It is aborted when the lease is over: nothing is written, nor waited for, from then on. */
  readonly leaseLost: AbortSignal
  /** The database's time, as near as it is known. */
  readonly now: () => Date
  /** It is called once, when something could not be stored: the run cannot go on honestly. */
  readonly onFailure: (error: unknown) => void
  readonly onFirstStep: () => void
}

/** The first writes wait for this, because the start of dbt would pay for them. */
const firstWriteDelayMs = 30

/** So many bytes of a log go to the database at once, with this pause after them: nobody reads a flood as it comes. */
const chunkBytes = 256 * 1024
const pauseMs = 250

/**
 * Writes down what an engine reports, in order and behind its back, so that dbt does not wait for the database: logs
 * wait on the disk, and what else there is, little for each step, in memory. A database that is away is waited for.
 * Every write is guarded by the lease: a worker that lost it writes nothing.
 */
export class RunRecorder implements Pick<RunSink, 'report'> {
  readonly #ctx: RecorderContext
  readonly #options: RecorderOptions
  readonly #store: StepStore
  readonly #steps = new Map<number, StepRecord>()
  readonly #files: PatientStore
  readonly #writes: WriteQueue
  readonly #nodes: NodeRecorder
  /** Their ends are not written yet. */
  #ended: StepRecord[] = []
  /** Found out about the run and not written yet. */
  #unwritten: RunFacts = {}
  #started = false

  constructor(ctx: RecorderContext, options: RecorderOptions) {
    this.#ctx = ctx
    this.#options = options
    const { lease, leaseLost } = options
    this.#files = new PatientStore(ctx.artifacts, { maxWaitMs: ctx.artifactsWaitMs, signal: leaseLost })
    this.#store = {
      db: ctx.db,
      lease,
      persist: (write) => persistently(write, leaseLost),
      keep: (step, key, content) => this.#files.put(key, content, (sentence) => this.#tell(step, sentence)),
    }
    this.#writes = new WriteQueue((error) => this.#fail(error), firstWriteDelayMs)
    this.#nodes = new NodeRecorder(this.#store, this.#writes)
  }

  async report(event: RunEvent): Promise<void> {
    switch (event.type) {
      case 'stepsPlanned':
        return this.#stepsPlanned(event.steps)
      case 'stepStarted':
        return this.#stepStarted(event.step, event.argv)
      case 'log':
        return this.#log(event.step, event.stream, event.text)
      case 'artifact':
        return this.#artifact(event.step, event.path, event.content)
      case 'nodeStarted':
      case 'nodeFinished':
        return this.#nodes.report(event.step, event.node)
      case 'stepFinished':
        return this.#stepFinished(event.step, event.end)
      case 'checkedOut':
        return this.#setRun({
          git_sha: event.sha,
          ...(event.branch !== null && { git_branch: event.branch }),
          ...(event.facts !== undefined && { commit_facts: storableJson(event.facts) }),
        })
      case 'dbtVersion':
        return this.#setRun({ dbt_version: event.version })
      case 'connectionSeen':
        return this.#writes.add(() => writeConnectionSeen(this.#store, event.connection))
    }
  }

  #stepsPlanned(steps: readonly PlannedStep[]): void {
    for (const { index } of steps) this.#steps.set(index, newStepRecord(index, this.#ctx.logSpool))
    this.#writes.add(() => this.#insertSteps(steps))
  }

  #stepStarted(index: number, argv: string | undefined): void {
    const step = this.#step(index)
    if (!this.#started) {
      this.#started = true
      this.#options.onFirstStep()
      this.#setRun({ started_at: this.#options.now() })
    }
    step.startedAt ??= this.#options.now()
    step.argv = argv === undefined ? null : storableText(argv)
    // A step that has ended meanwhile is written with its end.
    this.#writes.add(async () => {
      if (step.end === undefined) await writeStart(this.#store, step)
    })
  }

  async #log(index: number, stream: LogStream, text: string): Promise<void> {
    const step = this.#step(index)
    try {
      await step.logs[stream].append(text)
    } catch (error) {
      return this.#fail(error)
    }
    this.#showSoon(step, stream)
  }

  async #artifact(index: number, path: string, content: Content): Promise<void> {
    const { runId, claim } = this.#options.lease
    const key = `runs/${runId}/${claim}/${index}/${path}`
    const step = this.#step(index)
    const { size } = await this.#store.keep(step, key, async () => content)
    step.artifacts.push({ path, size, key })
  }

  /** A sentence of the worker's own, which is read at once: what is written of a step waits behind its files. */
  async #tell(step: StepRecord, sentence: string): Promise<void> {
    await step.logs.console.append(`${sentence}\n`)
    if (step.end === undefined) this.#showSoon(step, 'console')
    else await this.#show(step, 'console')
  }

  #stepFinished(index: number, end: StepEnd): void {
    const step = this.#step(index)
    step.end = end
    step.endedAt = this.#options.now()
    this.#ended.push(step)
    this.#writes.add(() => this.#writeEnds())
  }

  /** Resolves when everything that was reported is stored, or the lease is lost. */
  async settled(): Promise<void> {
    await this.#writes.drained()
  }

  /** Gives back the room of its logs. Nothing may be reported any more. */
  async close(): Promise<void> {
    await this.#writes.drained()
    await closeLogs([...this.#steps.values()])
  }

  async #insertSteps(steps: readonly PlannedStep[]): Promise<void> {
    for (const [index, id] of await insertSteps(this.#store, steps)) this.#step(index).id = id
  }

  /** The first steps take less time than writing, so all ends go at once. A step planned late waits for its turn. */
  async #writeEnds(): Promise<void> {
    const steps = this.#ended.filter(isInserted)
    this.#ended = this.#ended.filter((step) => !isInserted(step))
    if (steps.length === 0) return
    await this.#nodes.write()
    await writeEnds(this.#store, steps)
    await closeLogs(steps)
  }

  #showSoon(step: StepRecord, stream: LogStream): void {
    if (step.isShowing[stream]) return
    step.isShowing[stream] = true
    this.#addShow(step, stream)
  }

  #addShow(step: StepRecord, stream: LogStream): void {
    this.#writes.add(async () => {
      if (step.end === undefined) await this.#show(step, stream)
    })
  }

  /** Writes a piece of the log for those who watch; the log of a step that has ended goes to the store at once. */
  async #show(step: StepRecord, stream: LogStream): Promise<void> {
    const log = step.logs[stream]
    const text = await log.next(chunkBytes)
    if (text !== '') {
      await this.#ctx.ensureRoom?.()
      const chunk = { stepId: step.id, stream, sequence: step.sequences[stream]++, text }
      await this.#store.persist(() => appendLogChunk(this.#ctx.db, this.#options.lease, chunk))
    }
    if (log.hasMore) setTimeout(() => this.#addShow(step, stream), pauseMs).unref()
    else step.isShowing[stream] = false
  }

  #setRun(facts: RunFacts): void {
    const isWaiting = Object.keys(this.#unwritten).length > 0
    Object.assign(this.#unwritten, facts)
    if (!isWaiting) this.#writes.add(() => this.#writeRun())
  }

  async #writeRun(): Promise<void> {
    const facts = this.#unwritten
    this.#unwritten = {}
    await writeRun(this.#store, facts)
  }

  /** Without the lease nobody waits for what could not be written. */
  #fail(error: unknown): void {
    if (!this.#options.leaseLost.aborted) this.#options.onFailure(error)
  }

  #step(index: number): StepRecord {
    const step = this.#steps.get(index)
    if (step === undefined) throw new Error(`Run ${this.#options.lease.runId} has no step ${index}.`)
    return step
  }
}

function isInserted({ id }: StepRecord): boolean {
  return id !== 0
}

async function closeLogs(steps: readonly StepRecord[]): Promise<void> {
  await Promise.all(steps.flatMap(({ logs }) => [logs.console.close(), logs.debug.close()]))
}
