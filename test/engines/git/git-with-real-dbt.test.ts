import { readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { DbtPlan, RunPlan } from '../../../src/engines/run-engine.ts'
import { createHarness, type Harness, neverStopped, planFor, useWarmDbt } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

const timeoutMs = 180_000

const success = { outcome: 'success' }

describe('a project with seeds on DuckDB', () => {
  let harness: Harness
  const dbt = useWarmDbt()

  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  const projectFiles = {
    'dbt_project.yml': 'name: shop\nprofile: shop\n',
    'seeds/people.csv': 'id,name\n1,Ada\n2,Bob\n',
    'models/one.sql': "select * from {{ ref('people') }}",
    'models/schema.yml': 'models: [{name: one, columns: [{name: id, data_tests: [unique]}]}]',
  }

  function profile(database: string): string {
    return `shop: {target: dev, outputs: {dev: {type: duckdb, path: "${database}", threads: 1}}}`
  }

  async function execute(source: RunPlan['project']['source'], changes: Partial<RunPlan<DbtPlan>> = {}) {
    const plan = planFor('', dbt.program, { project: { id: 1, name: 'Shop', source }, ...changes })
    const { sink, outcome } = await harness.run(plan)
    return { outcome, log: sink.step(4).console, debug: sink.step(4).debug, clone: sink.step(1).console }
  }

  test(
    'builds from git again and again, across commits, branches and runs at once',
    async () => {
      const database = path.join(harness.folder, 'shop.duckdb')
      const repository = await GitRepository.create(path.join(harness.folder, 'shop'), {
        ...projectFiles,
        'profiles.yml': profile(database),
      })
      const source = { kind: 'git', url: repository.folder } as const
      expect((await execute(source)).outcome).toEqual(success)
      expect((await execute(source)).outcome).toEqual(success)
      await repository.commit({ 'models/two.sql': "select * from {{ ref('one') }}" })
      const third = await execute(source)
      expect([third.outcome, third.log]).toEqual([success, expect.stringContaining('main.two')])
      repository.switchTo('feature')
      await repository.commit({ 'seeds/people.csv': 'id,name\n1,Ada\n', 'models/two.sql': null })
      const [one, two] = await Promise.all([
        execute({ ...source, branch: 'feature' }),
        execute({ ...source, branch: 'trunk' }),
      ])
      expect([one.outcome, two.outcome]).toEqual([success, success])
      expect([one.log.includes('main.two'), two.log.includes('main.two')]).toEqual([false, true])
      const [again, twice] = await Promise.all([
        execute({ ...source, branch: 'trunk' }),
        execute({ ...source, branch: 'feature' }),
      ])
      expect([again.outcome, twice.outcome]).toEqual([success, success])
      const last = await execute({ ...source, branch: 'trunk' })
      expect([last.outcome, last.debug]).toEqual([success, expect.stringContaining('Partial parsing enabled')])
    },
    timeoutMs,
  )

  test(
    'runs the tests of a YAML file that changed while its time did not',
    async () => {
      const project = await harness.project({ ...projectFiles, 'profiles.yml': profile('yaml.duckdb') })
      const source = { kind: 'path', path: project } as const
      const file = path.join(project, 'models/schema.yml')
      const time = new Date(1_700_000_000_000)
      await utimes(file, time, time)
      expect((await execute(source)).outcome).toEqual(success)
      await writeFile(file, 'models: [{name: one, columns: [{name: id, data_tests: [unique, not_null]}]}]')
      await utimes(file, time, time)
      const { outcome, log } = await execute(source)
      expect([outcome, log]).toEqual([success, expect.stringContaining('not_null_one_id')])
    },
    timeoutMs,
  )

  test(
    'is parsed anew when its folder is a link that leads elsewhere now',
    async () => {
      const [first, second] = [
        await harness.project({ ...projectFiles, 'profiles.yml': profile(path.join(harness.folder, 'link.duckdb')) }),
        await harness.project({ ...projectFiles, 'profiles.yml': profile(path.join(harness.folder, 'link.duckdb')) }),
      ]
      const link = path.join(harness.folder, 'current')
      await symlink(first, link)
      const source = { kind: 'path', path: link } as const
      expect((await execute(source)).outcome).toEqual(success)
      await symlink(second, `${link}.new`)
      await rename(`${link}.new`, link)
      await rm(first, { recursive: true })
      expect((await execute(source)).outcome).toEqual(success)
    },
    timeoutMs,
  )

  test(
    'keeps a DuckDB file with a relative path from run to run, and says where',
    async () => {
      const repository = await GitRepository.create(path.join(harness.folder, 'relative'), {
        ...projectFiles,
        'profiles.yml': profile('data/shop.duckdb'),
      })
      const changes = { environment: { id: 9, name: 'Lasting' } }
      const sink = harness.sink()
      const source = { kind: 'git', url: repository.folder } as const
      const plan = planFor('', dbt.program, { project: { id: 1, name: 'Shop', source }, ...changes })
      expect(await harness.engine.execute(plan, sink, neverStopped())).toEqual(success)
      const file = path.join(harness.dataDir, 'files/environment-9/data/shop.duckdb')
      expect(sink.step(2).console).toContain(
        `The DuckDB file data/shop.duckdb is kept at ${file}, for all runs of this environment.\n`,
      )
      const id = await readFile(path.join(harness.dataDir, 'id'), 'utf8')
      expect(sink.held).toContain(`duckdb:${id}:files/environment-9/data/shop.duckdb`)
      await repository.commit({ 'models/two.sql': "select * from {{ ref('one') }}" })
      const next = planFor('', dbt.program, {
        project: { id: 1, name: 'Shop', source },
        ...changes,
        commands: ['dbt run -s two'],
      })
      expect(await harness.engine.execute(next, harness.sink(), neverStopped())).toEqual(success)
    },
    timeoutMs,
  )
})
