import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

const projectFiles = {
  'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
  'profiles.yml': 'tiny: {target: dev, outputs: {dev: {type: duckdb, path: ":memory:"}}}\n',
}

interface Entry {
  mode: '100644' | '120000' | '160000' | '40000'
  id: string
  name: string
}

/** A repository whose objects need not be such that git itself would make them. */
class HostileRepository extends GitRepository {
  object(type: 'blob' | 'tree', content: string | Buffer): string {
    const args = ['hash-object', '-w', '-t', type, '--literally', '--stdin']
    return execFileSync('git', args, { cwd: this.folder, input: content, encoding: 'utf8' }).trim()
  }

  tree(entries: readonly Entry[]): string {
    const parts = entries.flatMap(({ mode, id, name }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')])
    return this.object('tree', Buffer.concat(parts))
  }

  /** A commit on trunk of the usual files and these. */
  commitOf(entries: readonly Entry[]): string {
    const usual = Object.entries(projectFiles).map(([name, content]) => ({
      mode: '100644' as const,
      id: this.object('blob', content),
      name,
    }))
    const all = [...usual, ...entries].sort((one, other) => (one.name < other.name ? -1 : 1))
    const commit = this.git('commit-tree', '-m', 'hostile', this.tree(all))
    this.git('update-ref', 'refs/heads/trunk', commit)
    return commit
  }
}

const describeAsRoot = process.getuid?.() === 0 ? describe : describe.skip

describe('as the own user', () => suite(undefined))
describeAsRoot('as another user', () => suite('45001'))

function suite(user: string | undefined): void {
  let harness: Harness
  let outside: string
  let count = 0

  beforeAll(async () => {
    harness = await createHarness(user === undefined ? {} : { users: { dbtUser: user, dbtUsers: [] } })
    outside = path.join(harness.folder, 'outside')
    await mkdir(path.join(outside, 'b'), { recursive: true })
    for (const folder of [outside, path.join(outside, 'b')]) await chmod(folder, 0o777)
  })
  // Whatever a repository holds, and however its run ends.
  afterEach(async () => {
    expect(await readdir(outside, { recursive: true })).toEqual(['b'])
    expect((await readdir(harness.folder)).filter((name) => name.startsWith('pwned'))).toEqual([])
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function make(files: Record<string, string> = {}): Promise<HostileRepository> {
    const folder = path.join(harness.folder, `repository-${++count}`)
    await GitRepository.create(folder, { ...projectFiles, ...files })
    return new HostileRepository(folder)
  }

  /** Runs the repository in an environment of its own; each time in the same one. */
  async function run(repository: GitRepository, revision: { branch?: string; sha?: string } = {}) {
    const number = Number(repository.folder.split('-').at(-1))
    await chownAll(user)
    const sink = harness.sink()
    const source = { kind: 'git' as const, url: repository.folder, ...revision }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), {
      project: { id: number, name: 'Hostile', source },
      environment: { id: number, name: 'Production' },
    })
    const outcome = await harness.engine.execute(plan, sink, neverStopped())
    await chownAll('0')
    const slot = `checkouts/environment-${number}${user === undefined ? '' : `-user-${user}`}/slot-1`
    const { console, end } = sink.step(1)
    return { outcome, console, message: end?.message, commit: sink.commit, slot: path.join(harness.dataDir, slot) }
  }

  /** git reads no repository of somebody else. */
  async function chownAll(owner: string | undefined): Promise<void> {
    if (user === undefined || owner === undefined) return
    const names = (await readdir(harness.folder)).filter((name) => name.startsWith('repository-'))
    execFileSync('chown', ['-R', owner, ...names], { cwd: harness.folder })
  }

  const submoduleAt = (where: string, { folder }: GitRepository) => ({
    '.gitmodules': `[submodule "a"]\n\tpath = ${JSON.stringify(where)}\n\turl = file://${folder}\n`,
  })
  const headOf = (repository: GitRepository) => repository.git('rev-parse', 'HEAD')

  test('a submodule goes through no link, whether the commit has it or an earlier run left it', async () => {
    const lib = await make({ 'lib.sql': 'x' })
    const repository = await make(submoduleAt('a/b', lib))
    const link = { mode: '120000', id: repository.object('blob', outside), name: 'a' } as const
    const modules = {
      mode: '100644',
      id: repository.git('rev-parse', 'HEAD:.gitmodules'),
      name: '.gitmodules',
    } as const
    repository.commitOf([link])
    expect((await run(repository)).outcome).toEqual({ outcome: 'success' })
    const below = repository.tree([{ mode: '160000', id: headOf(lib), name: 'b' }])
    repository.commitOf([modules, link, { mode: '40000', id: below, name: 'a' }])
    const { outcome, slot } = await run(repository)
    const files = () => readdir(path.join(slot, 'files/a/b'))
    expect([outcome, await files()]).toEqual([{ outcome: 'success' }, expect.arrayContaining(['lib.sql'])])

    for (const left of ['files/a', 'files/a/b']) {
      await rm(path.join(slot, left), { recursive: true })
      await symlink(outside, path.join(slot, left))
      expect((await run(repository)).outcome).toEqual({ outcome: 'success' })
      expect(await files()).toContain('lib.sql')
    }
  })

  test('a .gitmodules that cannot be read, or names too many, fails the step', async () => {
    const broken = await make({ '.gitmodules': '[submodule "a\n\tpath' })
    expect((await run(broken)).message).toMatch(/^\.gitmodules could not be read: bad config line 1/)
    const lib = await make()
    const names = Array.from({ length: 257 }, (_, index) => `a${index}`)
    const entry = (name: string) => `[submodule "${name}"]\n\tpath = ${name}\n\turl = file://${lib.folder}\n`
    const many = await make({ '.gitmodules': names.map(entry).join('') })
    expect((await run(many)).message).toBe('.gitmodules names more than 256 submodules.')
  })

  test('submodules that have submodules end somewhere', async () => {
    const repository = await make()
    const below = await make(submoduleAt('below', repository))
    const entries = (of: HostileRepository) => [
      { mode: '160000', id: headOf(below), name: 'below' } as const,
      {
        mode: '100644',
        id: of.object('blob', submoduleAt('below', below)['.gitmodules']),
        name: '.gitmodules',
      } as const,
    ]
    for (let depth = 0; depth < 11; depth++) below.commitOf(entries(below))
    repository.commitOf(entries(repository))
    expect((await run(repository)).message).toMatch(/^The submodule below.* could not be .*: It is nested too deep\.$/)
  }, 60_000)

  test.each(['.git', '.GIT', 'git~1', '.git ', '..'])('a folder called %j is not made', async (name) => {
    const repository = await make()
    const config = { mode: '100644', id: repository.object('blob', '[core]\n\tbare = true\n'), name: 'config' } as const
    const commit = repository.commitOf([{ mode: '40000', id: repository.tree([config]), name }])
    const { message, console } = await run(repository)
    expect(message).toMatch(new RegExp(`^Commit ${commit} could not be checked out into .*: invalid path '`))
    expect(console).not.toContain('damaged')
  })

  test('branches and tags of any name are those that are named, and nothing else', async () => {
    const repository = await make()
    const first = headOf(repository)
    const second = await repository.commit({ 'more.sql': 'x' })
    repository.git('reset', '--quiet', '--hard', first)
    const option = `--upload-pack=touch\${IFS}${harness.folder}/pwned`
    repository.git('update-ref', `refs/heads/${option}`, second)
    for (const name of ['trunk', first.slice(0, 10)]) repository.git('update-ref', `refs/tags/${name}`, second)
    repository.git('update-ref', 'refs/tags/files', `${first}^{tree}`)
    expect((await run(repository, { branch: option })).commit).toEqual({ sha: second, branch: option })
    expect((await run(repository, { branch: 'trunk' })).commit).toEqual({ sha: first, branch: 'trunk' })
    expect((await run(repository, { sha: first.slice(0, 10) })).commit).toEqual({ sha: first, branch: null })
    repository.git('symbolic-ref', 'HEAD', `refs/heads/${option}`)
    expect((await run(repository)).commit).toEqual({ sha: second, branch: option })
    const tree = await run(repository, { branch: 'files' })
    expect(tree.message).toBe(`'files' of ${repository.folder} is a tree and not a commit.`)
    expect(tree.console).not.toContain('damaged')
  })

  test('files of Git LFS are missed where there is none', async () => {
    const repository = await make({
      '.gitattributes': '*.csv filter=lfs\n',
      'seeds/one.csv': 'version https://git-lfs\n',
    })
    const without = await run(repository)
    expect(without.outcome).toEqual({ outcome: 'success' })
    expect(without.console).toContain('Note: .gitattributes leaves files to Git LFS, which git does not have here.')
    const home = path.join(harness.dataDir, user === undefined ? 'home' : `homes/${user}`)
    const filter = '[filter "lfs"]\n\tprocess = no-git-lfs filter-process\n\trequired = true\n'
    await writeFile(path.join(home, '.gitconfig'), filter, { mode: 0o644 })
    await repository.commit({ 'seeds/two.csv': 'version https://git-lfs\n' })
    const { message, console } = await run(repository)
    await rm(path.join(home, '.gitconfig'))
    expect(message).toMatch(/^Commit .* could not be checked out into .*\. Is the program installed, such as git-lfs, /)
    expect(console).not.toContain('damaged')
  })

  test('a commit of more files, or longer paths, or more bytes than there is room for is not checked out', async () => {
    // git keeps a hundred objects in one file, and looks each up in a twentieth of the time of one in a file of its own.
    const more = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`more/${index}`, String(index)]))
    const wide = async (content: string, width: number, depth: number, length = 3) => {
      const repository = await make(more)
      const moreFiles = { mode: '40000', id: repository.git('rev-parse', 'HEAD:more'), name: 'more' } as const
      const file = repository.object('blob', content)
      const list = (mode: '100644' | '40000', id: string) =>
        repository.tree(
          Array.from({ length: width }, (_, index) => ({ mode, id, name: String(index).padStart(length, '0') })),
        )
      let top = list('100644', file)
      for (let level = 1; level < depth; level++) top = list('40000', top)
      repository.commitOf([moreFiles, { mode: '40000', id: top, name: 'files' }])
      return (await run(repository)).message
    }
    expect(await wide('small', 100, 4)).toMatch(/ has more than 1000000 files: it is not checked out\.$/)
    expect(await wide('deep', 1, 13, 250)).toMatch(/ has a path of more than 3000 characters: it is not checked out\.$/)
    expect(await wide('0'.repeat(2 ** 26), 300, 2)).toMatch(
      / have 5760\d\d\d MiB, and \d+ MiB are free on the disk of /,
    )
  }, 120_000)

  test('what an origin says is shown in part', async () => {
    const repository = await make()
    const head = headOf(repository)
    const refs = Array.from({ length: 2000 }, (_, index) => `create refs/heads/branch-${index} ${head}\n`)
    execFileSync('git', ['update-ref', '--stdin'], { cwd: repository.folder, input: refs.join('') })
    const { outcome, console } = await run(repository)
    expect(outcome).toEqual({ outcome: 'success' })
    expect(console.split('\n').length).toBeLessThan(250)
    expect(console).toMatch(/^\(git printed 18\d\d more lines\.\)$/m)
  })
}
