import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { RunPlan } from '../../../src/engines/run-engine.ts'
import { createHarness, fixtureProgram, type Harness, planFor, rerunOf, useWarmDbt } from '../support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 300_000

let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

async function execute(plan: RunPlan) {
  const { sink, outcome } = await harness.run(plan)
  return { sink, outcome, step: sink.step(4) }
}

interface Played {
  readonly results?: Readonly<Record<string, string>>
  readonly exit?: number
  readonly events?: readonly string[]
  readonly options?: object
}

describe('a rerun from failure, with a stand-in for dbt', () => {
  /** Reruns `command` after it failed as `failed` says, while `dbt retry` does as `retry` says. */
  async function rerun(
    command: string,
    { failed, retry = {}, changes = {} }: { failed: Played; retry?: Played; changes?: Partial<RunPlan> },
  ) {
    const script = (played: Played) => JSON.stringify({ retry, build: played })
    const project = await harness.project({ 'script.json': script({ exit: 1, ...failed }) })
    const plan = planFor(project, fixtureProgram('dbt1'), { commands: [command] })
    const first = await execute(plan)
    expect(first.outcome.outcome).toBe('error')
    await writeFile(path.join(project, 'script.json'), script({ results: { 'model.tiny.one': 'success' } }))
    return execute(rerunOf(first.sink, { ...plan, ...changes }))
  }

  const failed = { results: { 'model.tiny.one': 'success', 'model.tiny.two': 'error' } }
  const mended = { results: { 'model.tiny.two': 'success' } }

  test('hands on what a command says beside its selection, from before and behind its subcommand', async () => {
    const command = `dbt --log-level debug --warn-error-options '{"error": ["NothingToDo"]}' --no-use-colors build -s two -t dev --vars '{a: 1}' -x --full-refresh --defer --state prev --defer-state old`
    const targeted = { ...failed, options: { target: 'dev' } }
    const { step, outcome } = await rerun(command, { failed: targeted, retry: mended, changes: { threads: 3 } })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(step.argv).toMatch(
      /^dbt retry --threads 3 --state \S+ --log-level debug --warn-error-options '\{"error": \["NothingToDo"\]\}' --no-use-colors --target dev --vars '\{a: 1\}' --fail-fast --full-refresh --defer-state old$/,
    )
    expect(step.console).toContain('Resuming run 1 where this command failed.\n')
    expect(step.console).not.toContain('The command is run whole')
  })

  test.each<[string, { failed: Played; retry?: Played; changes?: Partial<RunPlan> }]>([
    [
      'a hook had failed, which dbt retry does not run again',
      { failed: { results: { 'operation.tiny.tiny-on-run-start-0': 'error', 'model.tiny.one': 'skipped' } } },
    ],
    ['no single model or test had failed', { failed: { results: { 'model.tiny.one': 'success' } } }],
    [
      'some of it had been cancelled',
      { failed: { results: { 'model.tiny.one': 'error', 'model.tiny.two': 'cancelled' } } },
    ],
    [
      'a warning had counted as an error, which dbt retry does not run again',
      { failed: { results: { 'model.tiny.one': 'error', 'test.tiny.a': 'warn' }, options: { warn_error: true } } },
    ],
    ['the earlier run used another target', { failed: { ...failed, options: { target: 'prod' } } }],
    ['the earlier run used another profile', { failed: { ...failed, options: { profile: 'other' } } }],
  ])('runs the command whole when %s', async (reason, given) => {
    const { step, outcome } = await rerun('dbt build', given)
    expect(outcome).toEqual({ outcome: 'success' })
    expect(step.argv).toBe('dbt build')
    expect(step.console).toContain(`The command is run whole: ${reason}.\n`)
  })

  test.each<[string, Played]>([
    ['dbt retry did nothing', { events: ['NothingToDo'] }],
    ['dbt retry did nothing', { results: {} }],
    ['dbt retry left out model.tiny.two', { results: { 'model.tiny.other': 'success' } }],
  ])('runs the command whole when %s (%j)', async (reason, retry) => {
    const { step, outcome } = await rerun('dbt build -s two', { failed, retry, changes: { threads: 3 } })
    expect(outcome).toEqual({ outcome: 'success' })
    expect(step.argv).toMatch(/^dbt retry /)
    expect(step.console).toMatch(
      new RegExp(
        `arguments: retry [^]*The command is run whole: ${reason}\\.\\n[^]*arguments: build --threads 3 -s two\\n`,
      ),
    )
  })

  test('a retry that fails is not run whole, and a command that fails whole fails', async () => {
    const again = await rerun('dbt build', { failed, retry: { exit: 1, results: { 'model.tiny.two': 'error' } } })
    expect(again.outcome).toEqual({ outcome: 'error', message: expect.stringContaining('model two') })
    expect(again.step.console).not.toContain('run whole')
  })

  test('results of a dbt that somebody interrupted are not kept: they lack the nodes that had not ended', async () => {
    const script = { build: { exit: 2, events: ['EndOfRunSummary'], ...failed, files: { 'manifest.json': '{}' } } }
    const project = await harness.project({ 'script.json': JSON.stringify(script) })
    const { step } = await execute(planFor(project, fixtureProgram('dbt1')))
    expect(step.artifacts).toEqual(['manifest.json'])
    expect(step.console).toContain('run_results.json is not kept')
  })
})

describe('a rerun from failure, with real dbt', () => {
  const dbt = useWarmDbt()

  test(
    'of a hook that failed: the whole command is run, and the hook did its work',
    async () => {
      const files = (table: string) =>
        `name: tiny\nprofile: tiny\non-run-start: ["create or replace table audit as select * from ${table}"]\n`
      const project = await harness.project({
        'dbt_project.yml': files('nowhere'),
        'models/two.sql': 'select * from audit',
      })
      const plan = planFor(project, dbt.program, { commands: ['dbt run'] })
      const first = await execute(plan)
      expect(first.outcome.outcome).toBe('error')
      expect(first.step.artifacts).toContain('run_results.json')
      await writeFile(path.join(project, 'dbt_project.yml'), files('(select 1 as id)'))
      const again = await execute(rerunOf(first.sink, plan))
      expect([again.step.end, again.outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
      expect(again.step.argv).toBe('dbt run')
    },
    timeoutMs,
  )

  test(
    'after a run whose parsed project it had taken over',
    async () => {
      const project = await harness.project({ 'models/two.sql': 'select nope' })
      await execute(planFor(project, dbt.program, { commands: ['dbt parse'] }))
      const plan = planFor(project, dbt.program)
      const first = await execute(plan)
      expect(first.outcome.outcome).toBe('error')
      expect(first.step.console).not.toContain('Unable to do partial parsing')
      await writeFile(path.join(project, 'models/two.sql'), 'select 2 as id')
      const again = await execute(rerunOf(first.sink, plan))
      expect([again.step.end, again.outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
      expect(again.step.argv).toMatch(/^dbt retry /)
      expect(again.step.console).not.toContain('Unable to do partial parsing')
    },
    timeoutMs,
  )

  test(
    'of a rerun that failed, with options before the subcommand',
    async () => {
      const project = await harness.project({
        'models/two.sql': "select nope from {{ ref('one') }}",
        'models/three.sql': "select {{ var('column') }} from {{ ref('two') }}",
      })
      const plan = planFor(project, dbt.program, {
        commands: [`dbt --log-level debug run --exclude one --vars '{column: nope}'`],
      })
      await execute(planFor(project, dbt.program, { commands: ['dbt run -s one'] }))
      const first = await execute(plan)
      expect(first.outcome.outcome).toBe('error')
      await writeFile(path.join(project, 'models/two.sql'), "select id from {{ ref('one') }}")
      const second = await execute(rerunOf(first.sink, plan))
      expect(second.step.argv).toMatch(/^dbt retry --state \S+ --log-level debug --vars '\{column: nope\}'$/)
      expect(second.outcome).toEqual({ outcome: 'error', message: expect.stringContaining('in model three') })
      await writeFile(path.join(project, 'models/two.sql'), "select id as nope from {{ ref('one') }}")
      await writeFile(path.join(project, 'models/three.sql'), "select id as {{ var('column') }} from {{ ref('one') }}")
      const third = await execute(rerunOf(second.sink, plan))
      expect([third.step.end, third.outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
      expect(third.step.argv).toMatch(/^dbt retry /)
    },
    timeoutMs,
  )
})
