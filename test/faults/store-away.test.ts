import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { keysOf } from '../support/artifact-store-contract.ts'
import { eventually } from '../support/eventually.ts'
import { type S3Proxy, startS3Proxy } from '../support/s3-proxy.ts'
import { type S3Server, s3Environment, startS3Server, storeOn } from '../support/s3-server.ts'
import { useSlowServers } from '../support/slow-servers.ts'
import type { StratusProcess } from '../support/stratus-process.ts'

const servers = useSlowServers()
let s3: S3Server
let proxy: S3Proxy
beforeAll(async () => {
  s3 = await startS3Server()
  await s3.makeBucket('artifacts')
  proxy = await startS3Proxy(s3.url)
})
afterEach(() => proxy.mend())
afterAll(async () => {
  await proxy?.close()
  await s3?.stop()
})

const hold = () => path.join(servers.project.folder, 'hold')

/** A dbt that leaves one artifact, and does not end while somebody holds it. */
async function start(): Promise<{ server: StratusProcess; job: number }> {
  await servers.open(0)
  const bin = path.join(servers.project.folder, 'bin')
  await mkdir(bin)
  const script = `echo building; echo '{"left":1}' >"$DBT_TARGET_PATH/left.json"; while [ -e ${hold()} ]; do sleep 0.1; done`
  await writeFile(path.join(bin, 'dbt'), `#!/bin/sh\n${script}\n`)
  await chmod(path.join(bin, 'dbt'), 0o755)
  await writeFile(hold(), '')
  const server = await servers.serve(['--no-worker'], env())
  return { server, job: await servers.applyProject(server) }
}

const logsOf = async (server: StratusProcess, id: number): Promise<string> => {
  const { data } = await server.api.get(`/runs/${id}/?include_related=["run_steps"]`)
  return data.data?.run_steps.map(({ logs }: { logs: string }) => logs).join('') ?? ''
}

const isOver = async (server: StratusProcess, id: number) => (await servers.runOf(server, id)).is_complete

/** A run whose dbt runs, so that its end is to come. */
async function running(server: StratusProcess, job: number): Promise<number> {
  const id = await servers.trigger(server, job)
  await eventually('dbt runs', async () => (await logsOf(server, id)).includes('building'), 30_000)
  return id
}

test.each([
  ['is too busy', 503, 'SlowDown'],
  ['refuses', 403, 'AccessDenied'],
  ['has lost its bucket', 404, 'NoSuchBucket'],
])(
  'a run that ends while S3 %s waits for it, says so, and loses nothing',
  async (_fault, status, code) => {
    const waiting = { STRATUS_ARTIFACTS_WAIT_SECONDS: '60' }
    const { server, job } = await start()
    servers.work({ ...env(), ...waiting })
    const id = await running(server, job)
    proxy.break({ kind: 'refusal', status, code })
    await rm(hold())
    await eventually(
      'the log of the step that ends says it',
      async () => {
        const { rows } = await ask("select content from step_log_chunks where content like '%takes nothing now%'")
        return rows.length > 0
      },
      30_000,
    )
    expect(await isOver(server, id)).toBe(false)
    proxy.mend()
    await eventually('the run has ended', () => isOver(server, id), 30_000)
    expect((await servers.runOf(server, id)).status).toBe(10)
    expect((await server.api.get(`/runs/${id}/artifacts/left.json`)).data).toEqual({ left: 1 })
    expect(await logsOf(server, id)).toContain('The store of artifacts takes nothing now')
  },
  90_000,
)

test('a run whose store stays away for too long ends in error, with the reason', async () => {
  const waiting = { STRATUS_ARTIFACTS_WAIT_SECONDS: '1' }
  const { server, job } = await start()
  servers.work({ ...env(), ...waiting })
  const id = await running(server, job)
  proxy.break({ kind: 'refusal', status: 403, code: 'AccessDenied' })
  await rm(hold())
  await eventually('the run has ended', () => isOver(server, id), 30_000)
  const run = await servers.runOf(server, id)
  expect(run.status).toBe(20)
  expect(run.status_message).toContain('AccessDenied')
  expect(run.status_message).toContain('STRATUS_ARTIFACTS_WAIT_SECONDS')
}, 90_000)

test('a worker that is killed between a file and its row leaves a file that can be found, and no row without one', async () => {
  const { server, job } = await start()
  const worker = servers.work(env())
  const id = await running(server, job)
  proxy.break({ kind: 'no answer', to: 'left.json' })
  await rm(hold())
  await eventually('S3 has the file', () => proxy.unanswered() > 0, 30_000)
  worker.kill('SIGKILL')
  await worker.exited()
  proxy.mend()
  await eventually('the run has ended', () => isOver(server, id), 60_000)
  expect((await servers.runOf(server, id)).status).toBe(20)
  const { rows } = await ask('select store_key from run_artifacts')
  const stored = await keysOf(
    storeOn(s3.url, { bucket: 'artifacts', spoolFolder: servers.project.folder }).list(`runs/${id}/`),
  )
  const left = stored.filter((key) => key.endsWith('/left.json'))
  expect(left).toHaveLength(1)
  expect(rows.map((row) => row.store_key)).not.toContain(left[0])
  expect(stored).toEqual(expect.arrayContaining(rows.map((row) => row.store_key)))
}, 120_000)

function env(): Record<string, string> {
  return {
    ...s3Environment,
    PATH: `${path.join(servers.project.folder, 'bin')}:${process.env.PATH}`,
    STRATUS_ARTIFACTS_URL: 's3://artifacts',
    STRATUS_S3_ENDPOINT: proxy.url,
  }
}

async function ask(query: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: servers.databaseUrl })
  await client.connect()
  try {
    return await client.query(query)
  } finally {
    await client.end()
  }
}
