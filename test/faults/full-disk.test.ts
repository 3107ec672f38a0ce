import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type RawBuilder, sql } from 'kysely'
import { openDatabase } from '../../src/db/database.ts'
import { eventually } from '../support/eventually.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

/** Mounts a small disk, in a namespace of its own, on the folder that follows, and becomes the program after that. */
const onSmallDisk = (mebibytes: number, folder: string): [string, ...string[]] => [
  ...(['unshare', '--mount', '--map-root-user'] as const),
  ...['sh', '-c', `mount -t tmpfs -o size=${mebibytes}m tmpfs "$0" && exec "$@"`, folder],
]

const canMount = spawnSync('unshare', ['--mount', '--map-root-user', 'true']).status === 0
const testOnSmallDisk = canMount ? test : test.skip

const template = path.resolve(import.meta.dirname, '../../dist/embedded-template.tar.gz')

let folder: string
let server: StratusProcess | undefined
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-full-'))
})
afterEach(async () => {
  await server?.stop('SIGKILL')
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

/** A project whose `dbt` does what the shell script says. */
async function projectWith(script: string): Promise<string> {
  const project = path.join(folder, 'project')
  await mkdir(project)
  await writeFile(path.join(project, 'dbt_project.yml'), 'name: full\nprofile: full\n')
  await writeFile(
    path.join(project, 'profiles.yml'),
    'full:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ":memory:" }\n',
  )
  await writeFile(path.join(project, 'dbt'), `#!/bin/sh\n${script}\n`)
  await chmod(path.join(project, 'dbt'), 0o755)
  return project
}

async function startOnSmallDisk(project: string, mebibytes: number, mountAt: string): Promise<StratusProcess> {
  const dataDir = path.join(folder, 'data')
  await mkdir(path.join(dataDir, mountAt), { recursive: true })
  return startStratus(['dev', project, '--data-dir', dataDir], {
    launcher: onSmallDisk(mebibytes, path.join(dataDir, mountAt)),
    env: { PATH: `${project}:${process.env.PATH}` },
  })
}

async function endedRun(from: StratusProcess): Promise<Record<string, unknown>> {
  const { id } = (await from.api.post('/jobs/1/run/', { cause: 'test' })).data.data
  return eventually(
    'the run has ended',
    async () => {
      const run = (await from.api.get(`/runs/${id}/?include_related=run_steps`)).data.data
      return run.is_complete ? run : undefined
    },
    60_000,
  )
}

testOnSmallDisk(
  'a log that would fill the disk of the embedded database fails its run, and the server goes on',
  async () => {
    // Not faster than what is printed goes to the database, so that all of it does.
    const project = await projectWith('while :; do head -c 90000 /dev/urandom | base64 -w 100; sleep 0.1; done')
    server = await startOnSmallDisk(project, 80, 'database')
    const run = await endedRun(server)
    expect(run).toMatchObject({
      status: 20,
      status_message: expect.stringMatching(/^No space is left on the disk for the logs and artifacts of this run\./),
    })
    expect(JSON.stringify(run.run_steps).length).toBeGreaterThan(1_000_000)
    expect(await endedRun(server)).toMatchObject({ status: 20 })
    expect((await server.api.get('/jobs/1/')).status).toBe(200)
    expect(await server.stop()).toBe(0)
  },
  120_000,
)

testOnSmallDisk(
  'an artifact that does not fit fails its step, and leaves the space to the next run',
  async () => {
    const project = await projectWith(
      'if [ -e once ]; then exit 0; fi; touch once; head -c 40000000 /dev/urandom >"$DBT_TARGET_PATH/big"',
    )
    server = await startOnSmallDisk(project, 20, 'artifacts')
    const run = await endedRun(server)
    expect(run).toMatchObject({ status: 20 })
    expect(run.status_message).toContain('disk is full')
    expect(await endedRun(server)).toMatchObject({ status: 10 })
  },
  120_000,
)

test('an embedded database that cannot go on says why, and blocks nobody', async () => {
  const database = await openDatabase({ kind: 'embedded', dir: path.join(folder, 'database'), template })
  try {
    const ask = (query: RawBuilder<unknown>) => query.execute(database.db)
    await ask(sql`create table things (name text)`)
    const postgres = path.join(folder, 'database/postgres')
    await rename(path.join(postgres, 'pg_wal'), path.join(postgres, 'gone'))
    await ask(sql`select pg_switch_wal()`)
    await expect(ask(sql`insert into things values (${'one'})`)).rejects.toThrow('could not create file')
    expect(database.broken.aborted).toBe(true)
    expect(String(database.broken.reason)).toContain('The embedded database had to stop: could not create file')
    for (let n = 0; n < 3; n++) {
      await expect(ask(sql`select 1`)).rejects.toThrow('could not create file')
      await expect(ask(sql`select ${'one'}::text`)).rejects.toThrow('could not create file')
    }
  } finally {
    await database.close()
  }
}, 60_000)

test('a server whose embedded database cannot go on ends, and says why', async () => {
  // The first run keeps the others of its job waiting: what counts is what a trigger writes.
  const project = await projectWith('exec sleep 600')
  const dataDir = path.join(folder, 'data')
  const started = await startStratus(['dev', project, '--data-dir', dataDir])
  server = started
  const postgres = path.join(dataDir, 'database/postgres')
  await rename(path.join(postgres, 'pg_wal'), path.join(postgres, 'gone'))
  // Its log of changes is kept in pieces of 16 MiB: the next one cannot be made.
  const steps = Array.from({ length: 60 }, () => `dbt build --vars ${randomBytes(7_000).toString('base64')}`)
  await eventually(
    'it has ended',
    async () => {
      if (started.child.exitCode !== null) return true
      await started.api.post('/jobs/1/run/', { cause: 'test', steps_override: steps }).catch(() => {})
      return false
    },
    120_000,
  )
  expect(await started.stop()).toBe(1)
  expect(started.output()).toContain('stratus: The embedded database had to stop: ')
  expect(await readFile(path.join(dataDir, 'ready.json'), 'utf8').catch(() => 'removed')).toBe('removed')
}, 180_000)
