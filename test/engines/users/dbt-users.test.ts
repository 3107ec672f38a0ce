import { execFileSync } from 'node:child_process'
import { chmod, chown, link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { Guardian } from '../../../src/engines/dbt/processes/guardian.ts'
import { handsFor } from '../../../src/engines/dbt/users/choose-user.ts'
import {
  describeSeparation,
  examineSeparation,
  noSeparation,
  openDataFolder,
} from '../../../src/engines/dbt/users/separation.ts'
import { GitRepository } from '../git/git-repository.ts'
import { createHarness, fixtureProgram, neverStopped, planFor } from '../support/engine-harness.ts'

/** Nobody has to make users for it: this number is none of the system's. */
const one = '45001'
const intruder = fixtureProgram('dbt-intrudes')

/** Only root can change users: elsewhere the tests are shown as skipped. */
const describeAsRoot = process.getuid?.() === 0 ? describe : describe.skip

describeAsRoot('the user of a run', () => {
  test('has its own groups and none of the server, for good', async () => {
    const guardian = new Guardian()
    const user = { uid: 45001, gid: 45001, groups: [45001, 45777] }
    const script = 'console.log(process.getgroups()); process.setuid(0)'
    const said = text(guardian.stdout)
    const program = { file: process.execPath, args: ['-e', script], cwd: '/', env: {}, deadlineSeconds: 60, graceMs: 0 }
    guardian.start({ ...program, user }, () => {})
    expect(await guardian.ended).toEqual({ kind: 'exited', code: 1, signal: null })
    expect(await said).toBe('[ 45001, 45777 ]\n')
  })

  test("is changed to by the system's program, and none of that name that the user put on the PATH", async () => {
    const planted = await mkdtemp(path.join(tmpdir(), 'stratus-path-'))
    const environment = { PATH: `${planted}:${process.env.PATH}` }
    const harness = await createHarness({ environment, users: { dbtUser: one, dbtUsers: [] } })
    try {
      await writeFile(path.join(planted, 'setpriv'), `#!/bin/sh\nid -u > ${planted}/planted\n`, { mode: 0o755 })
      const repository = await GitRepository.create(path.join(harness.folder, 'shop'), {
        'dbt_project.yml': 'name: tiny\nprofile: tiny\n',
        'profiles.yml': 'tiny: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n',
      })
      execFileSync('chown', ['-R', '45001:45001', repository.folder])
      const project = { id: 1, name: 'Shop', source: { kind: 'git', url: repository.folder } } as const
      const plan = planFor('', intruder, { project, environmentVariables: { TRIES: '[]' } })
      expect(await harness.engine.execute(plan, harness.sink(), neverStopped())).toEqual({ outcome: 'success' })
      expect(await readdir(planted)).toEqual(['setpriv'])
    } finally {
      await harness[Symbol.asyncDispose]()
      await rm(planted, { recursive: true })
    }
  })

  test('gets a folder of another user handed over, without what belonged to neither', async () => {
    const top = await mkdtemp(path.join(tmpdir(), 'stratus-users-'))
    try {
      const folder = path.join(top, 'environment-1')
      const own = path.join(folder, 'shop.duckdb')
      const ofRoot = path.join(folder, 'link')
      await mkdir(folder)
      for (const file of [own, path.join(top, 'root')]) await writeFile(file, '')
      await link(path.join(top, 'root'), ofRoot)
      for (const file of [folder, own]) await chown(file, 45002, 45002)
      const user = (await examineSeparation({ dbtUser: one, dbtUsers: [] })).usual
      await handsFor(planFor('', ''), { ...noSeparation, usual: user }).makeFolder(folder)
      const owners = await Promise.all([folder, own, ofRoot].map(async (file) => (await stat(file)).uid))
      expect(owners).toEqual([45001, 45001, 0])
    } finally {
      await rm(top, { recursive: true })
    }
  })

  test('which is root can take off what hides the processes of others, so that no line says they are hidden', async () => {
    const separation = await examineSeparation({ dbtUsers: [] })
    const asRoot = await createHarness({ users: { dbtUsers: [] } })
    try {
      const take = '#!/bin/sh\numount /proc && ls -d /proc/$SERVER\n'
      const project = await asRoot.project()
      await writeFile(path.join(project, 'dbt'), take, { mode: 0o755 })
      const environmentVariables = { SERVER: String(process.pid) }
      const sink = asRoot.sink()
      await asRoot.engine.execute(
        planFor(project, path.join(project, 'dbt'), { environmentVariables }),
        sink,
        neverStopped(),
      )
      if (separation.namespace !== undefined) expect(sink.step(4).console).toContain(`/proc/${process.pid}\n`)
      expect(describeSeparation(separation).text).not.toContain('sees no process but its own')
    } finally {
      await asRoot[Symbol.asyncDispose]()
    }
  })

  test.each([
    ['no-such-user', 'STRATUS_DBT_USER: got "no-such-user", but there is no such user here.'],
    ['root', "which is the server's own user."],
  ])('%s is refused at the start', async (dbtUser, reason) => {
    const refused = examineSeparation({ dbtUser, dbtUsers: [] })
    await expect(refused).rejects.toThrow(reason)
  })

  test('must reach its part of the data folder, of which everything else is shut at the start', async () => {
    const top = await mkdtemp(path.join(tmpdir(), 'stratus-users-'))
    try {
      const dataDir = path.join(top, 'data')
      const separation = await examineSeparation({ dbtUser: one, dbtUsers: [] })
      const examine = () => openDataFolder(dataDir, separation)
      await expect(examine()).rejects.toThrow(`The user 45001 that dbt runs as cannot enter ${top}, and so not reach`)
      await chmod(top, 0o711)
      await mkdir(path.join(dataDir, 'artifacts'), { mode: 0o755 })
      await writeFile(path.join(dataDir, 'ready.json'), '{}', { mode: 0o644 })
      await examine()
      const modes = await Promise.all(
        ['', 'artifacts', 'ready.json', 'runs'].map(
          async (name) => (await stat(path.join(dataDir, name))).mode & 0o777,
        ),
      )
      expect(modes).toEqual([0o711, 0o700, 0o600, 0o711])
    } finally {
      await rm(top, { recursive: true, force: true })
    }
  })
})
