import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Connection } from '../../../src/domain/environment.ts'
import type { CommitFacts } from '../../../src/domain/runs/commit-facts.ts'
import type { NodeReport } from '../../../src/domain/runs/node-report.ts'
import type {
  ExclusiveHold,
  HoldMode,
  RunEvent,
  RunSink,
  SharedHold,
  StepEnd,
} from '../../../src/engines/run-engine.ts'
import type { Content } from '../../../src/util/content.ts'
import { HeldResources } from './held-resources.ts'

export interface RecordedStep {
  readonly index: number
  argv: string | undefined
  end: StepEnd | undefined
  console: string
  debug: string
  readonly artifacts: string[]
  /** Reports of the same node are merged, the later over the earlier. */
  readonly nodes: Map<string, NodeReport>
}

/** A sink that keeps what an engine reports: artifacts as files below `folder`, the rest in memory. */
export class RecordingSink implements RunSink {
  readonly steps = new Map<number, RecordedStep>()
  readonly started: number[] = []
  readonly held: string[] = []
  readonly logChunks: string[] = []
  readonly versions: string[] = []
  readonly connections: Connection[] = []
  commit: { sha: string; branch: string | null } | undefined
  commitFacts: CommitFacts | undefined
  goodCommit: string | undefined
  readonly #folder: string
  readonly #resources: HeldResources
  readonly #refusals = new Map<RunEvent['type'], Error>()
  readonly #watchers: { condition: () => boolean; resolve: () => void }[] = []

  constructor(folder: string, resources = new HeldResources()) {
    this.#folder = folder
    this.#resources = resources
  }

  step(index: number): RecordedStep {
    const known = this.steps.get(index)
    if (known) return known
    const step: RecordedStep = {
      index,
      argv: undefined,
      end: undefined,
      console: '',
      debug: '',
      artifacts: [],
      nodes: new Map(),
    }
    this.steps.set(index, step)
    return step
  }

  /** Everything that was said in any way: to look for secrets. */
  get everything(): string {
    const steps = [...this.steps.values()].sort((a, b) => a.index - b.index)
    return JSON.stringify([steps, steps.map(({ nodes }) => [...nodes]), this.held, this.commit, this.commitFacts])
  }

  get statuses(): (string | undefined)[] {
    return [...this.steps.values()].sort((a, b) => a.index - b.index).map((step) => step.end?.status)
  }

  fileOf(index: number, name: string): string {
    return path.join(this.#folder, String(index), name)
  }

  /** Resolves as soon as the condition holds after a report. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#watchers.push({ condition, resolve })
      this.#look()
    })
  }

  /** From now on such an event is rejected, as one that cannot be stored. */
  refuse(type: RunEvent['type'], error: Error): void {
    this.#refusals.set(type, error)
  }

  async report(event: RunEvent): Promise<void> {
    const refusal = this.#refusals.get(event.type)
    if (refusal) throw refusal
    switch (event.type) {
      case 'stepsPlanned':
        break
      case 'stepStarted':
        this.started.push(event.step)
        this.step(event.step).argv = event.argv
        break
      case 'log':
        this.logChunks.push(event.text)
        this.step(event.step)[event.stream] += event.text
        break
      case 'artifact':
        return this.#keep(event.step, event.path, event.content)
      case 'nodeStarted':
      case 'nodeFinished': {
        const { nodes } = this.step(event.step)
        nodes.set(event.node.uniqueId, { ...nodes.get(event.node.uniqueId), ...event.node })
        break
      }
      case 'stepFinished':
        this.step(event.step).end = event.end
        break
      case 'checkedOut':
        this.commit = { sha: event.sha, branch: event.branch }
        this.commitFacts = event.facts
        break
      case 'dbtVersion':
        this.versions.push(event.version)
        break
      case 'connectionSeen':
        this.connections.push(event.connection)
        break
    }
    this.#look()
  }

  async #keep(index: number, name: string, content: Content): Promise<void> {
    const copy = this.fileOf(index, name)
    await mkdir(path.dirname(copy), { recursive: true })
    await writeFile(copy, typeof content === 'function' ? content() : content)
    const { artifacts } = this.step(index)
    artifacts.push(name)
    artifacts.sort() // they come in no order
  }

  async holdExclusively(resources: readonly string[]): Promise<ExclusiveHold> {
    const hold = await this.#resources.take(this, resources)
    this.held.push(hold.resource)
    return hold
  }

  async tryToHold(resource: string): Promise<ExclusiveHold | undefined> {
    return this.#resources.tryToTake(this, resource)
  }

  async holdShared(resource: string, mode: HoldMode): Promise<SharedHold> {
    return this.#resources.share(this, resource, mode)
  }

  async fetchArtifact(storeKey: string): Promise<string | undefined> {
    return readFile(storeKey, 'utf8').catch(() => undefined)
  }

  async lastGoodCommit(): Promise<string | undefined> {
    return this.goodCommit
  }

  /** The run is over: others may have what it held. */
  release(): void {
    this.#resources.freeAll(this)
  }

  #look(): void {
    for (const watcher of this.#watchers) if (watcher.condition()) watcher.resolve()
  }
}
