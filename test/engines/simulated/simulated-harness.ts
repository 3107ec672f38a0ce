import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as z from 'zod'
import type { Attempt } from '../../../src/domain/runs/attempt.ts'
import { planSteps } from '../../../src/domain/runs/plan-steps.ts'
import type { PlannedStep } from '../../../src/domain/runs/run-step.ts'
import type { RunOutcome, RunPlan } from '../../../src/engines/run-engine.ts'
import type { Clock } from '../../../src/engines/simulated/clock.ts'
import { SimulatedEngine } from '../../../src/engines/simulated/simulated-engine.ts'
import { RecordingSink } from '../support/recording-sink.ts'

const results = z.object({
  metadata: z.looseObject({ invocation_id: z.string() }),
  args: z.looseObject({ which: z.string() }),
  results: z.array(
    z.looseObject({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      execution_time: z.number(),
    }),
  ),
})
export type Results = z.infer<typeof results>

export interface PlayedRun {
  readonly outcome: RunOutcome
  readonly sink: RecordingSink
  /** run_results.json or sources.json of a step. */
  results(step: number, name?: string): Promise<Results>
  /** The nodes of run_results.json by status. */
  statuses(step: number): Promise<Record<string, string>>
}

export interface Play {
  readonly scenario?: unknown
  readonly attempt?: Attempt
  readonly commands?: readonly string[]
  readonly freshness?: boolean
  readonly docs?: boolean
  readonly steps?: readonly PlannedStep[]
  readonly plan?: Partial<RunPlan>
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** Time that stands still but for sleeping. */
export function standingClock(): Clock & { slept: number } {
  const clock = {
    slept: 0,
    now: () => Date.UTC(2026, 0, 2) + clock.slept,
    sleep: async (ms: number) => {
      clock.slept += ms
    },
  }
  return clock
}

/** Executes simulated runs, whose files lie in a folder of their own until the end. */
export class SimulatedRuns implements AsyncDisposable {
  readonly #folder: string
  #count = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<SimulatedRuns> {
    return new SimulatedRuns(await mkdtemp(path.join(tmpdir(), 'stratus-simulated-test-')))
  }

  sink(): RecordingSink {
    return new RecordingSink(path.join(this.#folder, String(++this.#count)))
  }

  async play(play: Play, sink: RecordingSink = this.sink()): Promise<PlayedRun> {
    const { commands = ['dbt build'], freshness = false, docs = false, clock = standingClock() } = play
    const steps = play.steps ?? planSteps({ connectionName: 'warehouse', commands, freshness, docs })
    const { scenario, attempt } = play
    const engine = { kind: 'simulated' as const, scenario, ...(attempt && { attempt }) }
    const plan: RunPlan = { ...basePlan, engine, ...play.plan, steps }
    const outcome = await new SimulatedEngine({ clock }).execute(
      plan,
      sink,
      play.signal ?? new AbortController().signal,
    )
    const read = async (step: number, name = 'run_results.json') =>
      results.parse({ args: { which: 'freshness' }, ...(await readJson(sink.fileOf(step, name))) })
    return {
      outcome,
      sink,
      results: read,
      statuses: async (step) =>
        Object.fromEntries((await read(step)).results.map(({ unique_id: id, status }) => [nameIn(id), status])),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

export async function readJson(file: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, 'utf8')))
}

function nameIn(uniqueId: string): string {
  return uniqueId.split('.').slice(2).join('.')
}

const basePlan = {
  runId: 7,
  accountId: 1,
  claim: 1,
  project: { id: 1, name: 'Shop', source: { kind: 'path', path: '/nowhere' } },
  environment: { id: 1, name: 'Production', type: 'production' },
  job: { id: 1, name: 'Build' },
  profile: { kind: 'project' },
  steps: [],
  environmentVariables: {},
  cause: 'a test',
  causeCategory: 'api',
} as const satisfies Omit<RunPlan, 'engine'>
