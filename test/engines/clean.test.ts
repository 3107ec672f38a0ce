import { access, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createHarness, fixtureProgram, type Harness, planFor, useWarmDbt } from './support/engine-harness.ts'

// dbt takes seconds to start, and many more on a machine that is busy with other tests.
const timeoutMs = 300_000

const projectFile = (more: string) => `name: tiny\nprofile: tiny\n${more}`

describe('what dbt removes', () => {
  const dbt = useWarmDbt()
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness()
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function execute(project: string, commands: readonly string[], program: string) {
    const { sink, outcome } = await harness.run(planFor(project, program, { commands }))
    return { sink, outcome }
  }

  test.each([
    ['', []],
    ['clean-targets: [target, logs]\n', ['logs']],
    [`clean-targets: ["{{ env_var('HOME', 'target') | replace(env_var('HOME', ''), 'target') }}"]\n`, []],
  ])(
    'removes what the project names, inside of it, with %j',
    async (more, others) => {
      const project = await harness.project({
        'dbt_project.yml': projectFile(more),
        'target/old.json': '{}',
        'logs/dbt.log': '',
      })
      const command = 'dbt clean'
      const { sink, outcome } = await execute(project, [command], dbt.program)
      expect([sink.step(4).end, outcome]).toEqual([{ status: 'success' }, { outcome: 'success' }])
      for (const folder of ['target', ...others])
        await expect(access(path.join(project, folder))).rejects.toThrow('ENOENT')
    },
    timeoutMs,
  )

  test("empties the run's target folder, which stands for the project's, if that is to be cleaned", async () => {
    const script = { build: { files: { 'manifest.json': '{}' } }, ls: {} }
    const commands = ['dbt build', 'dbt clean', 'dbt ls', 'dbt build']
    const cleaned = await harness.project({ 'script.json': JSON.stringify(script) })
    const all = await execute(cleaned, commands, fixtureProgram('dbt1'))
    expect(all.sink.step(5).console).toContain('DBT_TARGET_PATH=unset\n')
    expect(all.sink.step(5).console).toContain('DBT_CLEAN_PROJECT_FILES_ONLY=true\n')
    expect([4, 5, 6, 7].map((index) => all.sink.step(index).artifacts)).toEqual([
      ['manifest.json'],
      [],
      [],
      ['manifest.json'],
    ])

    const compare = 'dbt build --state target'
    const kept = await harness.project({
      'script.json': JSON.stringify(script),
      'dbt_project.yml': projectFile('clean-targets: [dbt_packages]\n'),
    })
    const after = await execute(kept, ['dbt build', 'dbt clean', compare], fixtureProgram('dbt1'))
    expect(after.sink.step(6).argv).toMatch(/^dbt build --state \/\S+\/target$/)
    const gone = await execute(cleaned, ['dbt build', 'dbt clean', compare], fixtureProgram('dbt1'))
    expect(gone.sink.step(6).argv).toBe(compare)
  })

  test.each([
    ['clean-targets: ["../outside"]', '/outside'],
    ['clean-targets: ["target", "linked/deeper"]', '/outside/deeper'],
    ['clean-targets: ["."]', ''],
    ['clean-targets: ["/"]', ''],
    ['target-path: "../outside"', '/outside'],
    [`clean-targets: ["{{ env_var('OUTSIDE', '../outside') }}"]`, '/outside'],
  ])(
    'is refused before it starts when it would remove what is not inside of the project: %s',
    async (more, removed) => {
      const outside = path.join(harness.folder, 'outside')
      await mkdir(outside, { recursive: true })
      await writeFile(path.join(outside, 'precious'), 'data')
      const project = await harness.project({ 'dbt_project.yml': projectFile(more) })
      await symlink(outside, path.join(project, 'linked'))
      const command = 'dbt clean'
      const { sink } = await execute(project, [command], fixtureProgram('dbt1'))
      expect(sink.step(4).end).toEqual({
        status: 'error',
        message: expect.stringMatching(/^`dbt clean` would remove \S+, which is not inside of the project \S+\. Mend /),
      })
      expect(sink.step(4).end?.message).toContain(removed)
      expect(sink.step(4).console).not.toContain('arguments')
    },
  )

  test.each(['.', '..', '/elsewhere', "{{ env_var('OUTSIDE', '/elsewhere') }}"])(
    '`dbt deps` is refused when it would remove what is not of the project: %s',
    async (folder) => {
      const project = await harness.project({
        'dbt_project.yml': projectFile(`packages-install-path: ${JSON.stringify(folder)}\n`),
        'packages.yml': 'packages: [{ local: ../other }]\n',
      })
      const { sink } = await execute(project, ['dbt build'], fixtureProgram('dbt1'))
      expect(sink.step(3).end).toEqual({
        status: 'error',
        message: expect.stringMatching(/^`dbt deps` would remove \S+, which is not inside of the project \S+\. Mend /),
      })
      expect(sink.step(3).console).not.toContain('arguments')
    },
  )

  test.each(['dbt_modules', '../packages_of_all'])('`dbt deps` may fill %s', async (folder) => {
    const project = await harness.project({
      'dbt_project.yml': projectFile(`packages-install-path: ${folder}\n`),
      'packages.yml': 'packages: [{ local: ../other }]\n',
    })
    const { sink } = await execute(project, ['dbt deps'], fixtureProgram('dbt1'))
    expect(sink.step(4).console).toContain('arguments')
  })
})
