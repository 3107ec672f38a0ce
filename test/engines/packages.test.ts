import { execFileSync } from 'node:child_process'
import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DbtPlan, RunPlan } from '../../src/engines/run-engine.ts'
import { GitRepository } from './git/git-repository.ts'
import { createHarness, fixtureProgram, type Harness, planFor, useWarmDbt } from './support/engine-harness.ts'
import { readOnly } from './support/read-only-folder.ts'

const timeoutMs = 240_000

const success = { outcome: 'success' }
const unchanged = 'The package files are unchanged and their packages are there: there is nothing to install.\n'
const list = 'dbt ls --resource-type model --output name'

let harness: Harness
const dbt = useWarmDbt()
/** Installs packages as dbt does, because dbt does it, and names their models without starting it. */
let lister: { engine: DbtPlan }

beforeEach(async () => {
  harness = await createHarness({ guardSeconds: 600 }) // runs that wait for each other take long
  const command = path.join(harness.folder, 'dbt')
  const names = `find -L dbt_packages -name 'of_*.sql' -exec basename {} .sql ';'`
  await writeFile(command, `#!/bin/sh\n[ "$1" = ls ] || exec '${dbt.program}' "$@"\n${names}\n`, { mode: 0o755 })
  lister = { engine: { kind: 'dbt', command } }
})
afterEach(() => harness[Symbol.asyncDispose]())

const inMemory = 'tiny: {target: dev, outputs: {dev: {type: duckdb, path: ":memory:", threads: 1}}}'

function packageFiles(name: string): Record<string, string> {
  return { 'dbt_project.yml': `name: ${name}\nmodel-paths: [shared]\n`, [`shared/of_${name}.sql`]: 'select 1 as id' }
}

async function execute(
  source: RunPlan['project']['source'],
  changes: Partial<RunPlan<DbtPlan>> & { commands?: string[] } = {},
) {
  const plan = planFor('', dbt.program, { project: { id: 1, name: 'Tiny', source }, commands: [list], ...changes })
  const { sink, outcome } = await harness.run(plan)
  const modelsOf = (index: number) => sink.step(index).console.match(/of_\w+/g) ?? []
  return { outcome, deps: sink.step(3), models: modelsOf(4), modelsLater: modelsOf(5) }
}

describe('packages that a variable names', () => {
  let source: { kind: 'path'; path: string }
  let variables: Record<'a' | 'b', { environmentVariables: Record<string, string> }>

  beforeEach(async () => {
    const [a, b] = [await harness.project(packageFiles('a')), await harness.project(packageFiles('b'))]
    const project = await harness.project({
      'packages.yml': `packages: [{local: "{{ env_var('DBT_PKG') }}"}]`,
      'profiles.yml': inMemory,
    })
    source = { kind: 'path', path: project }
    variables = { a: { environmentVariables: { DBT_PKG: a } }, b: { environmentVariables: { DBT_PKG: b } } }
  })

  test(
    'are those of each run, and installed again only when they may be others',
    async () => {
      expect((await execute(source, variables.a)).models).toEqual(['of_a'])
      expect((await execute(source, variables.b)).models).toEqual(['of_b'])
      expect((await execute(source, variables.a)).models).toEqual(['of_a'])
      const again = await execute(source, variables.a)
      expect([again.models, again.deps.console]).toEqual([['of_a'], unchanged])

      // It may have failed half-way.
      const ownStep = {
        commands: ['dbt deps'],
        engine: { kind: 'dbt' as const, command: fixtureProgram('dbt-fails') },
      }
      const failed = await execute(source, { ...variables.a, ...ownStep })
      expect([failed.outcome.outcome, failed.deps.console]).toEqual(['error', unchanged])
      const mended = await execute(source, variables.a)
      expect([mended.models, mended.deps.console]).toEqual([['of_a'], expect.stringContaining('Installing')])
    },
    timeoutMs,
  )

  test(
    'stay those of a run until it ends, whatever another run installs',
    async () => {
      const changes = { ...lister, commands: [list, list] }
      const [one, two] = await Promise.all([
        execute(source, { ...variables.a, ...changes }),
        execute(source, { ...variables.b, ...changes }),
      ])
      expect(one).toMatchObject({ outcome: success, models: ['of_a'], modelsLater: ['of_a'] })
      expect(two).toMatchObject({ outcome: success, models: ['of_b'], modelsLater: ['of_b'] })
    },
    timeoutMs,
  )
})

test('runs with steps that install packages do not wait for each other for ever', async () => {
  const project = await harness.project()
  const engine = { kind: 'dbt' as const, command: fixtureProgram('dbt-succeeds') }
  const changes = { engine, commands: ['dbt build', 'dbt deps', 'dbt build', 'dbt clean'] }
  const runs = await Promise.all([1, 2, 3].map(() => execute({ kind: 'path', path: project }, changes)))
  expect(runs.map(({ outcome }) => outcome)).toEqual([success, success, success])
})

test(
  'a local package that was away is there again in the run after',
  async () => {
    const [a, b] = [await harness.project(packageFiles('a')), await harness.project(packageFiles('b'))]
    const project = await harness.project({ 'packages.yml': `packages: [{local: ${a}}, {local: ${b}}]` })
    const source = { kind: 'path', path: project } as const
    expect((await execute(source, lister)).models.sort()).toEqual(['of_a', 'of_b'])
    await rename(b, `${b}-away`)
    const without = await execute(source, lister)
    expect(without.outcome).toMatchObject({ outcome: 'error', message: expect.stringContaining(b) })
    await rename(`${b}-away`, b)
    expect((await execute(source, lister)).models.sort()).toEqual(['of_a', 'of_b'])
    expect((await execute(source, lister)).deps.console).toBe(unchanged)
  },
  timeoutMs,
)

test(
  'a project that cannot be written is built with the packages that it came with, and nothing is left in it',
  async () => {
    const [a, b] = [await harness.project(packageFiles('a')), await harness.project(packageFiles('b'))]
    const project = await harness.project({
      'packages.yml': `packages: [{local: "{{ env_var('DBT_PKG') }}"}]`,
      'profiles.yml': inMemory,
    })
    execFileSync(dbt.program, ['deps'], { cwd: project, env: { ...process.env, DBT_PKG: a }, stdio: 'pipe' })
    await rm(path.join(project, 'logs'), { recursive: true, force: true })
    const before = await readdir(project, { recursive: true })
    await using _ = await readOnly(project)
    const source = { kind: 'path', path: project } as const
    const complete = await execute(source, {
      commands: [list, 'dbt build'],
      environmentVariables: { DBT_PKG: a },
    })
    expect([complete.outcome, complete.models]).toEqual([success, ['of_a']])
    expect(complete.deps.console).toBe(
      'The project cannot be written, and has all packages of its package-lock.yml: there is nothing to install.\n',
    )
    expect(await readdir(project, { recursive: true })).toEqual(before)

    const other = await execute(source, { environmentVariables: { DBT_PKG: b } })
    expect(other.outcome).toEqual({
      outcome: 'error',
      message: expect.stringMatching(
        /^`dbt deps` failed: .*(Read-only file system|Permission denied).*package-lock\.yml/,
      ),
    })
    expect(other.deps.console).toContain(
      "The project's packages cannot be written, and are not complete: its package-lock.yml is not known to be that of its package files.\n",
    )
  },
  timeoutMs,
)

test(
  'a project from git asks anew for what may have changed, unless its lock is committed',
  async () => {
    const shared = await GitRepository.create(path.join(harness.folder, 'shared'), packageFiles('a'))
    // The pinned package asks for one that is not pinned.
    const between = await GitRepository.create(path.join(harness.folder, 'between'), {
      'dbt_project.yml': 'name: between\nmodel-paths: [none]\n',
      'packages.yml': `packages: [{git: ${shared.folder}, revision: trunk}]`,
    })
    const repository = await GitRepository.create(path.join(harness.folder, 'shop'), {
      'dbt_project.yml': 'name: shop\nprofile: tiny\n',
      'profiles.yml': inMemory,
      'packages.yml': `packages: [{git: ${between.folder}, revision: ${between.git('rev-parse', 'HEAD')}}]`,
    })
    const source = { kind: 'git', url: repository.folder } as const
    expect((await execute(source)).models).toEqual(['of_a'])
    await shared.commit({ 'shared/of_later.sql': 'select 1 as id' })
    const later = await execute(source)
    expect(later.models.sort()).toEqual(['of_a', 'of_later'])

    const files = path.join(harness.dataDir, 'checkouts/environment-2/slot-1/files')
    await copyFile(path.join(files, 'package-lock.yml'), path.join(repository.folder, 'package-lock.yml'))
    await repository.commit()
    const commit = await shared.commit({ 'shared/of_last.sql': 'select 1 as id' })
    const locked = await execute(source, lister)
    expect([locked.models.sort(), locked.deps.console]).toEqual([['of_a', 'of_later'], unchanged])

    await repository.commit({
      'packages.yml': `packages: [{git: ${shared.folder}, revision: ${commit}}]`,
      'package-lock.yml': null,
    })
    expect((await execute(source, lister)).models.sort()).toEqual(['of_a', 'of_last', 'of_later'])
    expect((await execute(source, lister)).deps.console).toBe(unchanged)
  },
  timeoutMs,
)
