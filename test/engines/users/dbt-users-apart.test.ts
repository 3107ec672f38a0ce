import { execFileSync } from 'node:child_process'
import { chmod, chown, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { GitRepository } from '../git/git-repository.ts'
import {
  createHarness,
  fixtureProgram,
  type Harness,
  neverStopped,
  planFor,
  rerunOf,
} from '../support/engine-harness.ts'

/** Nobody has to make users for it: these numbers are none of the system's. */
const [one, other] = ['45001', '45002:45003']
const intruder = fixtureProgram('dbt-intrudes')

/** Only root can change users: elsewhere the tests are shown as skipped. */
const describeAsRoot = process.getuid?.() === 0 ? describe : describe.skip

describeAsRoot.each([
  ['by their users alone', false],
  ['by their users and namespaces', true],
])('runs of users are kept apart %s', (_name, namespace) => {
  let harness: Harness
  const inData = (...parts: string[]) => path.join(harness.dataDir, ...parts)
  beforeAll(async () => {
    harness = await createHarness({ namespace, users: { dbtUser: one, dbtUsers: [other] }, cancelGraceMs: 300 })
    await mkdir(inData('processes'), { mode: 0o700 })
    for (const name of ['secret.key', 'ready.json', 'artifacts/1/manifest.json.gz']) {
      await mkdir(path.dirname(inData(name)), { recursive: true, mode: 0o700 })
      await writeFile(inData(name), 'of the server', { mode: 0o600 })
    }
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  const as = (runAs: string, tries?: readonly (readonly [string, string])[]) => ({
    environment: { id: runAs === one ? 2 : 3, name: 'Production' },
    engine: { kind: 'dbt' as const, command: intruder, runAs },
    environmentVariables: tries === undefined ? {} : { TRIES: JSON.stringify(tries) },
  })

  async function run(changes: Parameters<typeof planFor>[2]) {
    const plan = planFor(await harness.project(), intruder, changes)
    const { sink, outcome } = await harness.run(plan)
    return { outcome, sink, said: sink.step(4).console.split('\n') }
  }

  test('a run reaches nothing of the server', async () => {
    const server = String(process.pid)
    const tries = [
      ['read', `/proc/${server}/environ`],
      ['kill', server],
      ['list', harness.dataDir],
      ...['secret.key', 'ready.json', 'artifacts/1/manifest.json.gz'].map((name) => ['read', inData(name)] as const),
      ...['artifacts', 'processes', 'runs', 'homes'].map((name) => ['list', inData(name)] as const),
      ['write', inData('runs/planted')],
      ['link', inData('homes/45009')],
    ] as const
    const { said, sink, outcome } = await run(as(one, tries))
    expect(outcome).toEqual({ outcome: 'success' })
    expect(sink.step(4).artifacts).toEqual(['manifest.json'])
    // Its own files, on the other hand, it has.
    expect(said).toContain('uid 45001 gid 45001 groups 45001')
    expect(said.find((line) => line.startsWith('profile of'))).toMatch(/profile of [1-9]\d* bytes, one file of 1$/)
    expect(said).toContain('another profile: EACCES')
    const answers = said.flatMap((line) => /^(?:read|kill|list|write|link) \S+: (.*)$/.exec(line)?.[1] ?? [])
    const unseen = namespace ? ['ENOENT', 'ESRCH'] : ['EACCES', 'EPERM']
    expect(answers).toEqual([...unseen, ...Array(tries.length - 2).fill('EACCES')])
    expect(await readdir(inData('runs'))).toEqual([])
  })

  test('a run reaches nothing of a run of another user, nor of its own in a namespace', async () => {
    const abort = new AbortController()
    const sink = harness.sink()
    const plan = planFor(await harness.project(), intruder, as(one))
    const living = harness.engine.execute(plan, sink, abort.signal)
    await sink.until(() => sink.step(4).console.includes('ready'))
    const workspace = inData('runs', `${plan.runId}-1`)
    const records = (await readdir(inData('processes'))).map((name) => readFile(inData('processes', name), 'utf8'))
    const pid = String(JSON.parse((await records[0]) ?? '{}').leader.pid)
    const tries = [
      ['read', `/proc/${pid}/environ`],
      ['kill', pid],
      ['read', path.join(workspace, 'profiles/profiles.yml')],
      ...['target', 'profiles'].map((name) => ['list', path.join(workspace, name)] as const),
      ['list', workspace],
      ['write', path.join(workspace, 'profiles/more.yml')],
      ['list', inData('homes/45001')],
    ] as const
    const { said } = await run(as(other, tries))
    const own = namespace && (await run(as(one, tries.slice(0, 2)))).said
    abort.abort('cancel')
    expect(await living).toEqual({ outcome: 'stopped' })
    const answersOf = (lines: string[]) =>
      lines.flatMap((line) => /^(?:read|kill|list|write) \S+: (.*)$/.exec(line)?.[1] ?? [])
    const unseen = namespace ? ['ENOENT', 'ESRCH'] : ['EACCES', 'EPERM']
    expect(said).toContain('uid 45002 gid 45003 groups 45003')
    expect(answersOf(said)).toEqual([...unseen, ...Array(6).fill('EACCES')])
    if (own) expect(answersOf(own)).toEqual(unseen)
    expect(await readdir(inData('runs'))).toEqual([])
  })

  test('what the server cannot know of a project is read as the user, too', async () => {
    const hidden = path.join(harness.folder, 'hidden.yml')
    await writeFile(hidden, 'name: tiny\nprofile: tiny\n', { mode: 0o600 })
    const linking = await harness.project()
    execFileSync('ln', ['-sf', hidden, path.join(linking, 'dbt_project.yml')])
    const shut = await harness.project()
    await chmod(shut, 0o700)
    const failureIn = async (folder: string) => {
      const { sink } = await run({
        ...as(one, []),
        project: { id: 1, name: 'P', source: { kind: 'path', path: folder } },
      })
      return sink.step(1).end?.message
    }
    expect(await failureIn(linking)).toBe(
      `${linking}/dbt_project.yml cannot be read by the user 45001 that dbt runs as.`,
    )
    expect(await failureIn(shut)).toContain(`The project's folder ${shut} is shut to the user 45001 that dbt runs as.`)
  })

  test('git and what it starts are of the user, whose mirror nobody else enters', async () => {
    const repository = await GitRepository.create(path.join(harness.folder, 'shop'), {
      'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
      'profiles.yml': 'tiny: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
      '.gitattributes': '*.sql filter=tell\n',
      'models/one.sql': 'select 1 as id\n',
    })
    execFileSync('chown', ['-R', '45001:45001', repository.folder])
    const told = inData('homes/45001/told')
    const config = `[filter "tell"]\n\tsmudge = "{ id -u; ls -d /proc/${process.pid}; } > ${told} 2>&1; cat"\n`
    await writeFile(inData('homes/45001/.gitconfig'), config)
    await chown(inData('homes/45001/.gitconfig'), 45001, 45001)
    const source = { kind: 'git', url: `file://${repository.folder}` } as const
    const inRepository = { project: { id: 1, name: 'Shop', source } }
    const first = await run({ ...as(one, [['list', '.']]), ...inRepository })
    expect(first.outcome).toEqual({ outcome: 'success' })
    const heard = namespace ? expect.stringMatching(/^45001\n.*No such file/) : `45001\n/proc/${process.pid}\n`
    expect(await readFile(told, 'utf8')).toEqual(heard)
    await rm(told)
    const slot = inData('checkouts/environment-2-user-45001/slot-1')
    await rm(path.join(slot, 'files/models/one.sql'))
    // At the same commit git is asked, and not guarded.
    expect((await run({ ...as(one, []), ...inRepository })).outcome).toEqual({ outcome: 'success' })
    expect(await readFile(told, 'utf8')).toEqual(heard)
    const mirror = inData('git', (await readdir(inData('git')))[0] ?? '')
    for (const folder of [mirror, slot, inData('files/environment-2')])
      expect(await stat(folder)).toMatchObject({ uid: 45001, mode: 0o40700 })
    const tries = [mirror, slot, inData('git'), inData('files/environment-2')].map(
      (folder) => ['list', folder] as const,
    )
    expect((await run(as(other, tries))).said.filter((line) => /^list .*EACCES$/.test(line))).toHaveLength(4)
  })

  test('a link that a repository has for a file of the server leads nowhere', async () => {
    const repository = await GitRepository.create(path.join(harness.folder, 'linking'), {
      'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
      'profiles.yml': 'tiny: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
    })
    await symlink(inData('secret.key'), path.join(repository.folder, 'shop.duckdb'))
    await repository.commit()
    execFileSync('chown', ['-R', '45002:45003', repository.folder])
    const source = { kind: 'git', url: `file://${repository.folder}` } as const
    const { sink } = await run({ ...as(other, []), project: { id: 1, name: 'Linking', source } })
    expect(sink.step(2).end?.message).toContain('lies in another folder')
    expect(await readdir(inData('files/environment-3'))).toEqual([])
  })

  test('dbt may list the folder with the earlier results that it resumes', async () => {
    const model = 'model.tiny.one'
    const script = { build: { exit: 1, results: { [model]: 'error' } }, retry: { results: { [model]: 'success' } } }
    const project = await harness.project({ 'script.json': JSON.stringify(script) })
    const dbt = fixtureProgram('dbt1')
    const plan = planFor(project, dbt, { engine: { ...as(one).engine, command: dbt } })
    const [first, second] = [harness.sink(), harness.sink()]
    expect((await harness.engine.execute(plan, first, neverStopped())).outcome).toBe('error')
    expect(await harness.engine.execute(rerunOf(first, plan), second, neverStopped())).toEqual({ outcome: 'success' })
    expect(second.step(4).console).toContain('resuming: run_results.json\n')
  })

  test('a program that is shut to the user is named, with what to do', async () => {
    const shut = path.join(harness.folder, 'venv')
    await mkdir(shut, { mode: 0o700 })
    const dbtCommand = path.join(shut, 'dbt')
    await copyFile(intruder, dbtCommand)
    const { sink } = await run({ engine: { ...as(one).engine, command: dbtCommand } })
    expect(sink.step(4).end?.message).toContain(
      `The dbt program ${dbtCommand} cannot be executed by the user 45001 that dbt runs as: `,
    )
  })

  test('an environment names only users that the worker allows', async () => {
    const { outcome } = await run(as('45077', []))
    expect(outcome).toMatchObject({
      message: expect.stringContaining(
        "runs as the user '45077', which this worker does not allow: STRATUS_DBT_USERS names",
      ),
    })
  })
})
