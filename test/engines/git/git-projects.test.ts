import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

interface Revision {
  branch?: string
  sha?: string
  anyCommit?: boolean
}

describe('a project in a git repository', () => {
  let harness: Harness
  let repository: string
  let first: string
  let second: string

  function git(...args: string[]): string {
    return new GitRepository(repository).git(...args)
  }

  beforeAll(async () => {
    harness = await createHarness({ environment: { GIT_DIR: '/nowhere' } })
    repository = await harness.project({
      'dbt/dbt_project.yml': 'name: below\nprofile: tiny\n',
      'dbt/profiles.yml': 'tiny: {outputs: {default: {type: x}}}',
    })
    git('init', '--quiet', '--initial-branch', 'trunk')
    git('add', '.')
    git('commit', '--quiet', '-m', 'first')
    first = git('rev-parse', 'HEAD')
    git('checkout', '--quiet', '-b', 'feature/x')
    await writeFile(path.join(repository, 'models/two.sql'), 'select 2')
    git('add', '.')
    git('commit', '--quiet', '-m', 'second')
    second = git('rev-parse', 'HEAD')
    git('checkout', '--quiet', 'trunk')
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function execute(url: string, revision: Revision = {}, subdirectory?: string) {
    const sink = harness.sink()
    const project = {
      id: 1,
      name: 'Git',
      source: { kind: 'git' as const, url, ...revision },
      ...(subdirectory && { subdirectory }),
    }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project })
    const outcome = await harness.engine.execute(plan, sink, neverStopped())
    return { sink, outcome }
  }

  const heldByNone = (sha: string) =>
    `No branch or tag of ${repository} holds the commit ${sha}. Others are run only by CI jobs, in environments that are not production.`

  test('whose default branch is not answered fails with the reason that git gives', async () => {
    const bin = path.join(harness.folder, 'bin')
    await mkdir(bin)
    const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
    const script = `case "$*" in *ls-remote*) echo 'fatal: too many connections' >&2; exit 128 ;; esac\nexec ${real} "$@"\n`
    await writeFile(path.join(bin, 'git'), `#!/bin/sh\n${script}`, { mode: 0o755 })
    await using other = await createHarness({ environment: { PATH: `${bin}:${process.env.PATH}` } })
    const project = { id: 1, name: 'Git', source: { kind: 'git' as const, url: repository } }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project })
    const outcome = await other.engine.execute(plan, other.sink(), neverStopped())
    expect(outcome).toEqual({
      outcome: 'error',
      message: expect.stringContaining(`The git repository ${repository} could not be read: too many connections`),
    })
  })

  test('is checked out at the head of its default branch', async () => {
    const { sink, outcome } = await execute(repository)
    expect([outcome, sink.step(1).console]).toEqual([
      { outcome: 'success' },
      expect.stringMatching(
        new RegExp(
          `^Cloning into '.*'\\.\\.\\.\\n(.*\\n)*Successfully cloned repository\\.\\nChecking out to ${first}\\.\\.\\.\\n`,
        ),
      ),
    ])
    expect(sink.commit).toEqual({ sha: first, branch: 'trunk' })
    expect(sink.step(4).console).toContain(`DBT_CLOUD_GIT_SHA=${first}\n`)
    const slot = path.join(harness.dataDir, 'checkouts/environment-2/slot-1')
    expect(sink.step(4).console).toContain(`PWD=${slot}/files\n`)
  })

  test('is checked out at a branch, a commit, or a commit of a branch', async () => {
    expect((await execute(`file://${repository}`, { branch: 'feature/x' })).sink.commit).toEqual({
      sha: second,
      branch: 'feature/x',
    })
    expect((await execute(repository, { sha: second.slice(0, 10) })).sink.commit).toEqual({ sha: second, branch: null })
    expect((await execute(repository, { sha: first, branch: 'feature/x' })).sink.commit).toEqual({
      sha: first,
      branch: 'feature/x',
    })
  })

  test('is not checked out at a commit that only a pull request holds, but for a run that may have any', async () => {
    git('checkout', '--quiet', '--detach', 'trunk')
    git('commit', '--quiet', '--allow-empty', '-m', 'proposed')
    const proposed = git('rev-parse', 'HEAD')
    git('update-ref', 'refs/pull/7/head', proposed)
    git('commit', '--quiet', '--allow-empty', '-m', 'released')
    const released = git('rev-parse', 'HEAD')
    git('checkout', '--quiet', 'trunk')
    const failure = async (revision: Revision) => (await execute(repository, revision)).sink.step(1).end?.message
    const checkout = async (revision: Revision) => (await execute(repository, revision)).sink.commit

    expect(await failure({ sha: proposed })).toBe(heldByNone(proposed))
    expect(await checkout({ sha: proposed, branch: 'pr-7', anyCommit: true })).toEqual({
      sha: proposed,
      branch: 'pr-7',
    })
    // The local copy has it from here on.
    expect(await failure({ sha: proposed })).toBe(heldByNone(proposed))
    expect(await failure({ sha: proposed.slice(0, 12), branch: 'trunk' })).toBe(heldByNone(proposed.slice(0, 12)))
    for (const branch of [`x-g${proposed.slice(0, 12)}`, `../../pull/7/head`, `refs/pull/7/head`, proposed]) {
      expect(await failure({ branch })).toBe(`There is no branch '${branch}' in ${repository}.`)
    }

    git('tag', '-a', 'v1', '-m', 'a release', released)
    expect(await checkout({ sha: proposed })).toEqual({ sha: proposed, branch: null })
    git('tag', '-d', 'v1')
    expect(await failure({ sha: proposed })).toBe(heldByNone(proposed))
  })

  test('is fetched again, not cloned again, and runs at once have a checkout each', async () => {
    const mirrors = await readdir(path.join(harness.dataDir, 'git'))
    git('commit', '--quiet', '--allow-empty', '-m', 'third')
    const third = git('rev-parse', 'HEAD')
    const runs = await Promise.all([
      execute(repository),
      execute(repository),
      execute(repository, { branch: 'feature/x' }),
    ])
    expect(runs.map(({ sink }) => sink.commit?.sha)).toEqual([third, third, second])
    expect(await readdir(path.join(harness.dataDir, 'git'))).toEqual(mirrors)
    expect(await readdir(path.join(harness.dataDir, 'runs'))).toEqual([])
    const folders = runs.map(({ sink }) => /^PWD=(.*)$/m.exec(sink.step(4).console)?.[1])
    expect(folders.sort()).toEqual(
      [1, 2, 3].map((slot) => path.join(harness.dataDir, `checkouts/environment-2/slot-${slot}/files`)),
    )
  })

  test('may lie in a folder of the repository', async () => {
    const { sink } = await execute(repository, {}, 'dbt/')
    expect(sink.statuses[0]).toBe('success')
    expect(sink.step(4).console).toMatch(/^PWD=.*\/slot-1\/files\/dbt$/m)
    const missing = await execute(repository, {}, 'elsewhere')
    expect(missing.sink.step(1).end?.message).toBe(`There is no folder elsewhere in the repository ${repository}.`)
    const outside = await execute(repository, {}, '../../..')
    expect(outside.sink.step(1).end?.message).toMatch(/leaves the repository/)
  })

  test('must exist, with its branch and its commit', async () => {
    const nowhere = path.join(harness.folder, 'nowhere')
    await mkdir(nowhere)
    await rm(nowhere, { recursive: true })
    expect((await execute(nowhere)).outcome).toEqual({
      outcome: 'error',
      message: expect.stringMatching(
        new RegExp(
          `^Clone git repository failed: The git repository ${nowhere} could not be read: '${nowhere}' does not appear`,
        ),
      ),
    })
    const branch = await execute(repository, { branch: 'no-such' })
    expect(branch.sink.step(1).end?.message).toBe(`There is no branch 'no-such' in ${repository}.`)
    const sha = await execute(repository, { sha: 'f'.repeat(40) })
    expect(sha.sink.step(1).end?.message).toBe(heldByNone('f'.repeat(40)))
    const any = await execute(repository, { sha: 'f'.repeat(40), anyCommit: true })
    expect(any.sink.step(1).end?.message).toBe(`There is no commit ${'f'.repeat(40)} in ${repository}.`)
  })

  test.each(['--upload-pack=touch /tmp/pwned', 'ext::sh -c date', 'ftp://example.com/x'])(
    'is never read from %s',
    async (url) => {
      const { sink } = await execute(url)
      expect(sink.step(1).end?.message).toContain('is not an address of a git repository')
    },
  )

  test('with an origin that nothing listens at says so with git’s whole sentence', async () => {
    expect((await execute('git://127.0.0.1:1/x.git')).outcome).toEqual({
      outcome: 'error',
      message: expect.stringMatching(/could not be read: unable to connect to 127\.0\.0\.1: .*Connection refused/),
    })
  })

  test('keeps the credentials in its address out of everything', async () => {
    const { sink, outcome } = await execute('https://someone:hunter2%21@127.0.0.1:1/x.git')
    expect(outcome).toEqual({
      outcome: 'error',
      message: expect.stringContaining(
        'The git repository https://127.0.0.1:1/x.git could not be read: unable to access',
      ),
    })
    expect(sink.everything).not.toContain('hunter2')
  })

  test('with a relative DuckDB file says to several machines that it lies on one', async () => {
    await using several = await createHarness({ severalWorkers: true })
    const duckdb = await GitRepository.create(path.join(several.folder, 'duckdb'), {
      'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
      'profiles.yml': 'tiny: {outputs: {default: {type: duckdb, path: x.duckdb}}}',
    })
    const sink = several.sink()
    const project = { id: 1, name: 'Git', source: { kind: 'git' as const, url: duckdb.folder } }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project })
    expect(await several.engine.execute(plan, sink, neverStopped())).toEqual({ outcome: 'success' })
    expect(sink.step(2).console).toContain(
      `That is in the data folder of ${hostname()}: workers with another data folder have another file.`,
    )
  })

  test('a folder that is used in place says at which commit it is', async () => {
    const sink = harness.sink()
    await harness.engine.execute(planFor(repository, fixtureProgram('dbt-succeeds')), sink, neverStopped())
    expect(sink.commit).toEqual({ sha: git('rev-parse', 'HEAD'), branch: 'trunk' })
    expect(sink.step(1).console).toContain(`Using the project's folder in place: ${repository}\n`)
  })
})
