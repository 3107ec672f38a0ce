import { access, chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pino from 'pino'
import type { PlannedStep } from '../../../src/domain/runs/run-step.ts'
import { DbtEngine } from '../../../src/engines/dbt/dbt-engine.ts'
import {
  examineSeparation,
  openDataFolder,
  type Separation,
  type UserSettings,
} from '../../../src/engines/dbt/users/separation.ts'
import type { DbtPlan, RunOutcome, RunPlan } from '../../../src/engines/run-engine.ts'
import { startWarmPython, type WarmPython } from '../../support/warm/warm-python.ts'
import { HeldResources } from './held-resources.ts'
import { RecordingSink } from './recording-sink.ts'

export const repository = path.resolve(import.meta.dirname, '../../..')

/** One of the small programs that stand in for dbt. */
export function fixtureProgram(name: string): string {
  return path.join(repository, 'test/fixtures/bin', name)
}

/** The real dbt that the tests were set up with. */
export async function realDbt(): Promise<string> {
  const program = process.env.STRATUS_TEST_DBT ?? path.join(repository, '.stratus/venv-dbt/bin/dbt')
  await access(program)
  return program
}

/**
 * The same dbt for the tests of this file, with its modules imported once: starting it anew takes most of what a small
 * project takes. Elsewhere than on Linux it is started anew.
 */
export function useWarmDbt(): { readonly program: string } {
  let warm: WarmPython | undefined
  let program: string | undefined
  beforeAll(async () => {
    program = await realDbt()
    if (process.platform !== 'linux') return
    const environment = path.resolve(path.dirname(program), '..')
    warm = await startWarmPython(environment, ['dbt.cli.main', 'dbt.adapters.duckdb'])
    program = await warm.program('dbt')
  }, 60_000)
  afterAll(() => warm?.[Symbol.asyncDispose]())
  return {
    get program() {
      if (program === undefined) throw new Error('There is no dbt before the first test.')
      return program
    },
  }
}

export interface Harness extends AsyncDisposable {
  readonly folder: string
  readonly dataDir: string
  readonly engine: Pick<DbtEngine, 'renew'> & {
    execute(plan: RunPlan, sink: RecordingSink, signal: AbortSignal): Promise<RunOutcome>
  }
  /** A dbt project with these files, on DuckDB. */
  project(files?: Readonly<Record<string, string>>): Promise<string>
  sink(): RecordingSink
  /** Executes a plan that nobody stops, with a sink of its own. */
  run(plan: RunPlan): Promise<{ readonly sink: RecordingSink; readonly outcome: RunOutcome }>
}

export async function createHarness(
  options: {
    cancelGraceMs?: number
    guardSeconds?: number
    maxArtifactBytes?: number
    environment?: Record<string, string>
    severalWorkers?: boolean
    /** Without it runs are of this process's own user. */
    users?: UserSettings
    /** With false runs see each other's processes, as where the kernel allows nothing else. */
    namespace?: boolean
  } = {},
): Promise<Harness> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-engine-'))
  const dataDir = path.join(folder, 'data')
  const separation = options.users && (await examineUsers(folder, dataDir, options.users))
  const engine = await DbtEngine.create({
    dataDir,
    baseEnvironment: { PATH: process.env.PATH ?? '', ...options.environment },
    cancelGraceMs: options.cancelGraceMs ?? 5000,
    guardSeconds: options.guardSeconds ?? 60,
    ...(options.maxArtifactBytes !== undefined && { maxArtifactBytes: options.maxArtifactBytes }),
    projectRoots: [folder],
    severalWorkers: options.severalWorkers ?? false,
    ...(separation && {
      separation: options.namespace === false ? { ...separation, namespace: undefined } : separation,
    }),
    logger: pino({ level: 'silent' }),
  })
  const resources = new HeldResources()
  let count = 0
  const newSink = () => new RecordingSink(path.join(folder, `artifacts-${++count}`), resources)
  const execute: Harness['engine']['execute'] = async (plan, sink, signal) => {
    try {
      return await engine.execute(plan, sink, signal)
    } finally {
      sink.release()
      await engine.cleared(plan.runId)
    }
  }
  return {
    folder,
    dataDir,
    engine: { execute, renew: (runId, seconds) => engine.renew(runId, seconds) },
    async project(files = {}) {
      const project = path.join(folder, `project-${++count}`)
      for (const [name, content] of Object.entries({ ...projectFiles, ...files })) {
        await mkdir(path.dirname(path.join(project, name)), { recursive: true })
        await writeFile(path.join(project, name), content)
      }
      return project
    },
    sink: newSink,
    async run(plan) {
      const sink = newSink()
      return { sink, outcome: await execute(plan, sink, neverStopped()) }
    },
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function examineUsers(folder: string, dataDir: string, users: UserSettings): Promise<Separation> {
  await chmod(folder, 0o711)
  const separation = await examineSeparation(users)
  await openDataFolder(dataDir, separation)
  return separation
}

const projectFiles = {
  'dbt_project.yml': 'name: tiny\nversion: "1.0"\nconfig-version: 2\nprofile: tiny\n',
  'profiles.yml':
    'tiny:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: tiny.duckdb\n      threads: 1\n',
  'models/one.sql': 'select 1 as id\n',
}

export async function copyOfSampleProject(harness: Harness): Promise<string> {
  const project = path.join(harness.folder, 'coffee_roastery')
  await cp(path.join(repository, 'examples/coffee_roastery'), project, {
    recursive: true,
    filter: (file) => !/\/(target|logs|dbt_packages)$|\.duckdb/.test(file),
  })
  return project
}

let lastRunId = 0

type PlanChanges = Partial<Omit<RunPlan<DbtPlan>, 'steps'>> & {
  commands?: readonly string[]
  steps?: readonly PlannedStep[]
}

/** A run of `dbt build` in a project's folder, with these changes. */
export function planFor(project: string, dbtCommand: string, changes: PlanChanges = {}): RunPlan<DbtPlan> {
  const { commands = ['dbt build'], ...rest } = changes
  return {
    runId: ++lastRunId,
    accountId: 1,
    claim: 1,
    project: { id: 1, name: 'Tiny', source: { kind: 'path', path: project } },
    environment: { id: 2, name: 'Production', type: 'production' },
    engine: { kind: 'dbt', command: dbtCommand },
    job: { id: 3, name: 'Build' },
    profile: { kind: 'project' },
    steps: stepsFor(commands),
    environmentVariables: {},
    cause: 'a test',
    causeCategory: 'api',
    ...rest,
  }
}

/** A run of the one command that resumes where it failed in an earlier run. */
export function rerunOf(earlier: RecordingSink, plan: RunPlan): RunPlan {
  const steps = plan.steps.map((step) => ({ ...step, ...(step.kind === 'command' && { resumes: true }) }))
  return {
    ...plan,
    runId: plan.runId + 1000,
    steps,
    retry: { runId: 1, runResultsKey: earlier.fileOf(4, 'run_results.json') },
  }
}

export function stepsFor(commands: readonly string[]): PlannedStep[] {
  const dbt = (kind: PlannedStep['kind'], command: string) => ({
    kind,
    command,
    name: `Invoke dbt with \`${command}\``,
  })
  const steps: Omit<PlannedStep, 'index'>[] = [
    { kind: 'clone', name: 'Clone git repository' },
    { kind: 'profile', name: 'Create profile from connection Warehouse' },
    dbt('deps', 'dbt deps'),
    ...commands.map((command) => dbt('command', command)),
  ]
  return steps.map((step, position) => ({ index: position + 1, ...step }))
}

export function neverStopped(): AbortSignal {
  return new AbortController().signal
}
