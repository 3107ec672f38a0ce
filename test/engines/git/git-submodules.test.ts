import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import { GitRepository } from './git-repository.ts'

const projectFiles = {
  'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
  'profiles.yml': 'tiny: {outputs: {default: {type: x}}}',
}

describe('the submodules of a repository', () => {
  let harness: Harness
  let repository: GitRepository
  let lib: GitRepository
  let files: string

  beforeEach(async () => {
    harness = await createHarness()
    lib = await GitRepository.create(path.join(harness.folder, 'lib'), { 'macros/lib.sql': 'first' })
    repository = await GitRepository.create(path.join(harness.folder, 'repository'), projectFiles)
    files = path.join(harness.dataDir, 'checkouts/environment-2/slot-1/files')
  })
  afterEach(() => harness[Symbol.asyncDispose]())

  async function execute() {
    const sink = harness.sink()
    const project = { id: 1, name: 'Git', source: { kind: 'git' as const, url: repository.folder } }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project })
    return { outcome: await harness.engine.execute(plan, sink, neverStopped()), sink }
  }

  const textOf = (name: string) => readFile(path.join(files, name), 'utf8').catch(() => undefined)

  test('are checked out at their commits, at each run, and go when the commit has none', async () => {
    repository.git('submodule', 'add', '--quiet', '../lib', 'dbt/lib')
    await repository.commit()
    const { sink } = await execute()
    expect(await textOf('dbt/lib/macros/lib.sql')).toBe('first')
    expect(sink.step(1).console).toContain(`Checking out the submodule dbt/lib to ${lib.git('rev-parse', 'HEAD')}...\n`)

    await lib.commit({ 'macros/lib.sql': 'second' })
    await execute()
    expect(await textOf('dbt/lib/macros/lib.sql')).toBe('first') // the commit of the repository says so

    new GitRepository(path.join(repository.folder, 'dbt/lib')).git('pull', '--quiet', 'origin', 'trunk')
    await repository.commit()
    await execute()
    expect(await textOf('dbt/lib/macros/lib.sql')).toBe('second')

    repository.git('rm', '--quiet', 'dbt/lib')
    await repository.commit()
    await execute()
    expect(await readdir(files)).not.toContain('dbt')
  })

  test('may be nested, and hold nothing of earlier runs', async () => {
    const inner = await GitRepository.create(path.join(harness.folder, 'inner'), { 'inner.sql': 'inside' })
    lib.git('submodule', 'add', '--quiet', `file://${inner.folder}`, 'inner')
    await lib.commit()
    repository.git('submodule', 'add', '--quiet', lib.folder, 'lib')
    await repository.commit()
    expect((await execute()).outcome).toEqual({ outcome: 'success' })
    expect(await textOf('lib/inner/inner.sql')).toBe('inside')
    await writeFile(path.join(files, 'lib/left.sql'), 'x')
    await writeFile(path.join(files, 'lib/inner/left.sql'), 'x')
    await writeFile(path.join(files, 'lib/macros/lib.sql'), 'changed')
    await execute()
    expect([await textOf('lib/left.sql'), await textOf('lib/inner/left.sql')]).toEqual([undefined, undefined])
    expect([await textOf('lib/inner/inner.sql'), await textOf('lib/macros/lib.sql')]).toEqual(['inside', 'first'])
  })

  test('that cannot be read fail the step, which names them', async () => {
    repository.git('submodule', 'add', '--quiet', '../lib', 'lib')
    await repository.commit()
    await rm(lib.folder, { recursive: true })
    expect((await execute()).sink.step(1).end?.message).toMatch(
      new RegExp(`^The submodule lib could not be checked out: .*${lib.folder}`),
    )
  })

  test.each([
    ["ext::sh -c 'touch FOLDER/pwned'", /is not an address of a git repository/],
    ['--upload-pack=touch FOLDER/pwned', /is not an address of a git repository/],
    ['/etc', /is a folder of the worker's machine, and not below one that STRATUS_PROJECT_ROOTS names/],
    ['file:///etc', /STRATUS_PROJECT_ROOTS/],
    ['../../../../../../../../etc', /leads nowhere/],
  ])('are never read from %s', async (url, reason) => {
    repository.git('submodule', 'add', '--quiet', '../lib', 'lib')
    await repository.commit({
      '.gitmodules': `[submodule "lib"]\n\tpath = lib\n\turl = ${JSON.stringify(url.replace('FOLDER', harness.folder))}\n`,
    })
    const { sink } = await execute()
    expect(sink.step(1).end?.message).toMatch(reason)
    expect(sink.step(1).end?.message).toMatch(/^The submodule lib could not be checked out/)
    await expect(access(path.join(harness.folder, 'pwned'))).rejects.toThrow()
  })

  test('run nothing that their repository asks for', async () => {
    const command = `!touch ${harness.folder}/pwned`
    repository.git('submodule', 'add', '--quiet', '../lib', 'lib')
    repository.git('config', '-f', '.gitmodules', 'submodule.lib.update', command)
    await repository.commit({
      '.gitattributes': '* filter=evil\n',
      'lib.sql': 'x',
      'hooks/post-checkout': `#!/bin/sh\ntouch ${harness.folder}/pwned\n`,
      '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${harness.folder}/pwned\n`,
    })
    expect((await execute()).outcome).toEqual({ outcome: 'success' })
    await expect(access(path.join(harness.folder, 'pwned'))).rejects.toThrow()
  })
})
