import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { DbtPlan, RunPlan } from '../../src/engines/run-engine.ts'
import { createHarness, fixtureProgram, type Harness, planFor } from './support/engine-harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

const script = JSON.stringify({ compile: { files: { 'manifest.json': '{}', 'kept/manifest.json': '{}' } }, run: {} })

async function execute(...given: Parameters<typeof attempt>) {
  const { outcome, ...rest } = await attempt(...given)
  expect(outcome).toEqual({ outcome: 'success' })
  return rest
}

async function attempt(
  commands: readonly string[],
  changes: Partial<RunPlan<DbtPlan>> = {},
  files: Record<string, string> = {},
) {
  const project = await harness.project({ 'script.json': script, ...files })
  await mkdir(path.join(project, 'target'))
  const plan = planFor(project, fixtureProgram('dbt1'), { commands, ...changes })
  const { sink, outcome } = await harness.run(plan)
  return { outcome, project, sink, last: sink.step(3 + commands.length) }
}

describe('the state that a command names', () => {
  test.each([
    ['dbt run --state target', /^dbt run --state \/\S+\/runs\/\S+\/target$/],
    ['dbt run --state=./target/ -x', /^dbt run --state=\/\S+\/runs\/\S+\/target -x$/],
    ['dbt --defer-state target/kept run', /^dbt --defer-state \/\S+\/runs\/\S+\/target\/kept run$/],
    ['dbt run --state prev', /^dbt run --state prev$/],
    ['dbt run --state target/nothing', /^dbt run --state target\/nothing$/],
    ['dbt run --state targets', /^dbt run --state targets$/],
    ["dbt run --vars '--state' -s target", /^dbt run --vars --state -s target$/],
  ])('is what the steps before left, if it is the target folder: %s', async (command, argv) => {
    const { last } = await execute(['dbt compile', command])
    expect(last.argv).toMatch(argv)
  })

  test("is the project's own target folder while no step of the run has left anything", async () => {
    const { last } = await execute(['dbt run --state target'])
    expect(last.argv).toBe('dbt run --state target')
  })

  test('may be named by a variable, and the target folder by dbt_project.yml', async () => {
    const { last } = await execute(
      ['dbt compile', 'dbt run'],
      { environmentVariables: { DBT_STATE: 'out' } },
      { 'dbt_project.yml': 'name: tiny\nprofile: tiny\ntarget-path: out\n' },
    )
    expect(last.console).toMatch(/DBT_STATE=\/\S+\/runs\/\S+\/target\n/)
  })
})

test.each(['DBT_STATE', 'DBT_ENGINE_DEFER_STATE'])(
  'a variable names no folder that a command may not name: %s',
  async (name) => {
    const { last, outcome } = await attempt(['dbt run'], { environmentVariables: { [name]: '/etc' } })
    const sentence = `An environment variable names /etc with ${name}, expected a path in the project, or a folder below `
    expect(outcome.outcome).toBe('error')
    expect(last.console).toContain(sentence)
    expect(last.console).not.toContain('DBT_TARGET_PATH=')
  },
)

describe('a job that defers', () => {
  const deferral = { kind: 'environment', id: 7 } as const
  const note = /^Note: the job defers to environment 7, which Stratus does not do yet: dbt gets no state /m

  test.each(['dbt build --select state:modified+', 'dbt build', 'dbt run --defer'])(
    'is told in the log that it does not: %s',
    async (command) => {
      const { last } = await execute([command], { deferral })
      expect(last.console).toMatch(note)
    },
  )

  test.each(['dbt build --select state:modified+ --state prev', 'dbt source freshness'])(
    'is told nothing where that makes no difference: %s',
    async (command) => {
      const { last } = await execute([command], { deferral })
      expect(last.console).not.toMatch(note)
    },
  )

  test('is one that says so', async () => {
    const { last } = await execute(['dbt build --select state:modified+'])
    expect(last.console).not.toMatch(/defers/)
  })
})
