import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

const projectFiles = {
  'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
  'profiles.yml': 'tiny: {outputs: {default: {type: x}}}',
  '.gitignore': 'target/\nlogs/\n/dbt_packages/\n',
  'models/one.sql': 'select 1',
}

describe('the checkout of an environment', () => {
  let harness: Harness
  let repository: GitRepository
  let files: string

  beforeEach(async () => {
    harness = await createHarness()
    repository = await GitRepository.create(path.join(harness.folder, 'repository'), projectFiles)
    files = path.join(harness.dataDir, 'checkouts/environment-2/slot-1/files')
  })
  afterEach(() => harness[Symbol.asyncDispose]())

  async function execute(
    revision: { branch?: string; sha?: string } = {},
    environmentId = 2,
    program = 'dbt-succeeds',
  ) {
    const sink = harness.sink()
    const plan = planFor('', fixtureProgram(program), {
      project: { id: 1, name: 'Git', source: { kind: 'git', url: repository.folder, ...revision } },
      environment: { id: environmentId, name: 'Production' },
    })
    return { sink, outcome: await harness.engine.execute(plan, sink, neverStopped()) }
  }

  async function textOf(name: string): Promise<string | undefined> {
    return readFile(path.join(files, name), 'utf8').catch(() => undefined)
  }

  async function write(name: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(files, name)), { recursive: true })
    await writeFile(path.join(files, name), text)
  }

  test('is the same for each run, at its commit, across commits and branches and back', async () => {
    const first = await repository.commit()
    await execute()
    repository.switchTo('feature')
    await repository.commit({ 'models/two.sql': 'select 2', 'models/one.sql': null, 'deep/er/x.yml': 'a: 1' })
    await execute({ branch: 'feature' })
    expect([await textOf('models/one.sql'), await textOf('models/two.sql')]).toEqual([undefined, 'select 2'])
    await execute({ sha: first })
    expect([await textOf('models/one.sql'), await textOf('models/two.sql')]).toEqual(['select 1', undefined])
    expect(await readdir(files)).toEqual(['.git', '.gitignore', 'dbt_project.yml', 'models', 'profiles.yml'])
  })

  test('holds nothing of earlier runs but the packages, and what a run changed is as committed', async () => {
    await repository.commit({ 'packages.yml': 'packages: [{local: x}]' })
    await execute()
    const unchanged = await stat(path.join(files, 'dbt_project.yml'))
    await write('models/left.sql', 'select broken')
    await write('target/run/left.sql', 'x')
    await write('logs/dbt.log', 'x')
    await write('dbt_packages/utils/dbt_project.yml', 'name: utils')
    await write('nested/.git/HEAD', 'ref: refs/heads/main')
    await write('models/one.sql', 'select 7')
    await utimes(path.join(files, 'models/one.sql'), 0, 0)
    await execute()
    expect((await readdir(files)).sort()).toEqual(
      ['.git', '.gitignore', 'dbt_packages', 'dbt_project.yml', 'models', 'packages.yml', 'profiles.yml'].sort(),
    )
    expect(await readdir(path.join(files, 'models'))).toEqual(['one.sql'])
    expect(await textOf('models/one.sql')).toBe('select 1')
    expect(await textOf('dbt_packages/utils/dbt_project.yml')).toBe('name: utils')
    await repository.commit({ 'packages.yml': null })
    await execute()
    expect(await textOf('dbt_packages/utils/dbt_project.yml')).toBeUndefined() // dbt would take it all the same
    // Not written again: partial parsing looks at the times.
    expect((await stat(path.join(files, 'dbt_project.yml'))).mtimeMs).toBe(unchanged.mtimeMs)
  })

  test('is a working copy to every other git', async () => {
    const sha = await repository.commit()
    await execute()
    const checkout = new GitRepository(files)
    expect([checkout.git('rev-parse', 'HEAD'), checkout.git('status', '--porcelain')]).toEqual([sha, ''])
  })

  test('is made anew when it is damaged, and says so', async () => {
    await execute()
    const repositoryFolder = path.join(path.dirname(files), 'repository.git')
    await writeFile(path.join(repositoryFolder, 'index'), 'no index')
    const mended = await execute()
    expect([mended.outcome, await textOf('models/one.sql')]).toEqual([{ outcome: 'success' }, 'select 1'])
    expect(mended.sink.step(1).console).toMatch(/^The checkout is damaged \(.*\): it is made anew\.$/m)

    await writeFile(path.join(repositoryFolder, 'index.lock'), '') // of a git that was killed
    const unlocked = await execute()
    expect(unlocked.outcome).toEqual({ outcome: 'success' })
    expect(unlocked.sink.step(1).console).not.toContain('damaged')

    await rm(repositoryFolder, { recursive: true })
    expect((await execute()).outcome).toEqual({ outcome: 'success' })
  })

  test('is of the repository that the project names now', async () => {
    await execute()
    repository = await GitRepository.create(path.join(harness.folder, 'other'), {
      ...projectFiles,
      'models/one.sql': 'select 8',
    })
    const { sink } = await execute()
    expect(await textOf('models/one.sql')).toBe('select 8')
    expect(sink.step(1).console).not.toContain('damaged')
  })

  test('is removed when no run has used it for two weeks, with mirrors, by the first git run of a day', async () => {
    await execute()
    const checkouts = path.join(harness.dataDir, 'checkouts')
    const longAgo = new Date(Date.now() - 15 * 24 * 3600 * 1000)
    const mirrors = await readdir(path.join(harness.dataDir, 'git'))
    for (const folder of [
      path.join(checkouts, 'environment-2/slot-1'),
      path.join(harness.dataDir, 'git', mirrors[0] ?? ''),
    ])
      await utimes(folder, longAgo, longAgo)
    await execute({}, 3) // not the first of the day
    expect(await readdir(checkouts)).toEqual(expect.arrayContaining(['environment-2', 'environment-3']))
    expect(await readdir(path.join(checkouts, 'environment-2'))).toEqual(['slot-1'])

    await utimes(path.join(checkouts, '.swept'), longAgo, longAgo)
    await utimes(path.join(harness.dataDir, 'git', mirrors[0] ?? ''), longAgo, longAgo)
    repository = await GitRepository.create(path.join(harness.folder, 'other'), projectFiles)
    await writeFile(path.join(checkouts, 'stray'), '')
    await execute({}, 3)
    expect(await readdir(path.join(checkouts, 'environment-2'))).toEqual([])
    expect(await readdir(path.join(checkouts, 'environment-3'))).toEqual(['slot-1'])
    expect(await readdir(path.join(harness.dataDir, 'git'))).not.toContain(mirrors[0])
  })
})
