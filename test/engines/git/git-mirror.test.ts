import { mkdir, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

const projectFiles = {
  'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
  'profiles.yml': 'tiny: {outputs: {default: {type: x}}}',
}
const madeAnew = /^The local copy of .* is damaged \(.*\): it is made anew\.$/m

describe('the mirror of a repository', () => {
  let harness: Harness
  let repository: GitRepository
  let mirror: string

  beforeEach(async () => {
    harness = await createHarness()
    repository = await GitRepository.create(path.join(harness.folder, 'repository'), projectFiles)
    await execute()
    const mirrors = path.join(harness.dataDir, 'git')
    mirror = path.join(mirrors, (await readdir(mirrors))[0] ?? '')
  })
  afterEach(() => harness[Symbol.asyncDispose]())

  async function execute(revision = {}) {
    const sink = harness.sink()
    const project = { id: 1, name: 'Git', source: { kind: 'git' as const, url: repository.folder, ...revision } }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project })
    const outcome = await harness.engine.execute(plan, sink, neverStopped())
    return { outcome, sha: sink.commit?.sha, log: sink.step(1).console }
  }

  async function looseObjects(): Promise<string[]> {
    const names = await readdir(path.join(mirror, 'objects'), { recursive: true })
    return names
      .filter((name) => /^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(name))
      .map((name) => path.join(mirror, 'objects', name))
  }

  test('loses the locks of a git that was killed', async () => {
    await writeFile(path.join(mirror, 'refs/remotes/origin/trunk.lock'), '')
    await writeFile(path.join(mirror, 'packed-refs.lock'), '')
    const sha = await repository.commit({ 'models/two.sql': 'select 2' })
    const { outcome, sha: found, log } = await execute()
    expect([outcome, found]).toEqual([{ outcome: 'success' }, sha])
    expect(log).toContain('Removed 2 locks that a git which was killed had left behind.\n')
    expect(log).not.toMatch(madeAnew)
  })

  test.each(['before a new commit', 'at the same commit'])(
    'is made anew when its objects were emptied, %s',
    async (when) => {
      for (const object of await looseObjects()) {
        await rm(`${object}.new`, { force: true })
        await writeFile(`${object}.new`, '', { mode: 0o444 })
        await rename(`${object}.new`, object)
      }
      const isNew = when === 'before a new commit'
      const sha = isNew
        ? await repository.commit({ 'models/two.sql': 'select 2' })
        : repository.git('rev-parse', 'HEAD')
      const { outcome, sha: found, log } = await execute()
      expect([outcome, found]).toEqual([{ outcome: 'success' }, sha])
      expect(log).toMatch(madeAnew)
      expect((await execute()).log).not.toMatch(madeAnew)
    },
  )

  test('is made anew when one file of a commit was lost, also for a commit that is asked for by its id', async () => {
    const old = repository.git('rev-parse', 'HEAD')
    const blob = repository.git('rev-parse', 'HEAD:dbt_project.yml')
    await repository.commit({ 'dbt_project.yml': 'name: other\nprofile: tiny\n' })
    await execute()
    await rm(path.join(mirror, 'objects', blob.slice(0, 2), blob.slice(2)))
    const { outcome, sha, log } = await execute({ sha: old })
    expect([outcome, sha]).toEqual([{ outcome: 'success' }, old])
    expect(log).toMatch(madeAnew)
  })

  test('is made anew when it is half a folder, or was never finished', async () => {
    await rm(path.join(mirror, 'HEAD'))
    await rm(path.join(mirror, 'objects'), { recursive: true })
    await mkdir(`${mirror}.partial`)
    await writeFile(path.join(`${mirror}.partial`, 'HEAD'), 'x')
    const { outcome, log } = await execute()
    expect([outcome, log]).toEqual([{ outcome: 'success' }, expect.stringMatching(madeAnew)])
    expect(await readdir(path.dirname(mirror))).toEqual([path.basename(mirror)])
  })

  test('stays when its origin cannot be read', async () => {
    const moved = `${repository.folder}-moved`
    await rename(repository.folder, moved)
    const { outcome, log } = await execute()
    expect(outcome).toEqual({
      outcome: 'error',
      message: expect.stringContaining(`The git repository ${repository.folder} could not be read: `),
    })
    expect(log).not.toMatch(madeAnew)
    await rename(moved, repository.folder)
    await truncate(path.join(mirror, 'config')) // an empty file is a good configuration
    expect((await execute()).outcome).toEqual({ outcome: 'success' })
  })
})
