import { existsSync } from 'node:fs'
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { eventually } from '../support/eventually.ts'
import { type S3Server, s3Environment, startS3Server } from '../support/s3-server.ts'
import { useSlowServers } from '../support/slow-servers.ts'
import type { StratusProcess } from '../support/stratus-process.ts'

const realDbt = path.resolve(process.env.STRATUS_TEST_DBT ?? '.stratus/venv-dbt/bin/dbt')
const servers = useSlowServers()

let s3: S3Server
beforeAll(async () => {
  s3 = await startS3Server()
  await s3.makeBucket('artifacts')
})
afterAll(() => s3?.stop())

/** Each process has a folder that no other one has, and S3, like one on a machine of its own. */
const onMachine = (name: string): Record<string, string> => ({
  ...s3Environment,
  PATH: `${path.join(servers.project.folder, 'bin')}:${process.env.PATH}`,
  STRATUS_DATA_DIR: path.join(servers.project.folder, name),
  STRATUS_ARTIFACTS_URL: 's3://artifacts/stratus',
  STRATUS_S3_ENDPOINT: s3.url,
})

const hold = () => path.join(servers.project.folder, 'hold')

/** The real dbt, which does not end while somebody holds it; its second model fails until it is mended. */
async function makeProject(): Promise<void> {
  const { folder, project } = servers.project
  await mkdir(path.join(folder, 'bin'))
  const wrapper = path.join(folder, 'bin', 'dbt')
  const waiting = `case "$*" in *build*) while [ -e ${hold()} ]; do sleep 0.1; done;; esac`
  await writeFile(wrapper, `#!/bin/sh\n${realDbt} "$@"\ncode=$?\n${waiting}\nexit $code\n`)
  await chmod(wrapper, 0o755)
  const warehouse = path.join(folder, 'warehouse.duckdb')
  await writeFile(
    path.join(project, 'profiles.yml'),
    `slow:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ${warehouse}, threads: 1 }\n`,
  )
  await mkdir(path.join(project, 'models'))
  await writeFile(path.join(project, 'models', 'first.sql'), 'select 1 as id\n')
  await writeFile(path.join(project, 'models', 'second.sql'), "select no_such_column from {{ ref('first') }}\n")
}

const stepLog = (server: StratusProcess, runId: number, step: number) =>
  server.api.get(`${server.ready.url}/api/stratus/v1/accounts/1/runs/${runId}/steps/${step}/log/`)

async function ended(server: StratusProcess, runId: number) {
  await eventually('the run has ended', async () => (await servers.runOf(server, runId)).is_complete, 90_000)
  return (await server.api.get(`/runs/${runId}/?include_related=["run_steps"]`)).data.data
}

test('a server that shares no folder with its workers shows their logs and artifacts, and another worker goes on from a failure', async () => {
  await servers.open(0)
  await makeProject()
  await writeFile(hold(), '')
  const server = await servers.serve(['--no-worker'], onMachine('serves'))
  const job = await servers.applyProject(server)
  const worker = servers.work(onMachine('works'))
  const first = await servers.trigger(server, job)

  const step = await eventually(
    'the server has the log of a step that runs',
    async () => {
      const { data } = await server.api.get(`/runs/${first}/?include_related=["run_steps"]`)
      const { index } = data.data.run_steps.find(({ name }: { name: string }) => name.includes('dbt build')) ?? {}
      if (index === undefined) return undefined
      const log = await stepLog(server, first, index)
      return log.status === 200 && String(log.data).includes('Done. PASS=1')
        ? { index, live: String(log.data) }
        : undefined
    },
    90_000,
  )
  expect((await servers.runOf(server, first)).is_complete).toBe(false)
  await rm(hold())
  const failed = await ended(server, first)
  expect(failed.status).toBe(20)
  const whole = await stepLog(server, first, step.index)
  expect(whole.data.startsWith(step.live)).toBe(true)

  const paths: string[] = (await server.api.get(`/runs/${first}/artifacts/`)).data.data
  expect(paths).toEqual(expect.arrayContaining(['manifest.json', 'run_results.json', 'compiled/slow/models/first.sql']))
  for (const name of paths) expect((await server.api.get(`/runs/${first}/artifacts/${name}`)).status).toBe(200)
  const { results } = (await server.api.get(`/runs/${first}/artifacts/run_results.json`)).data
  expect(results.map(({ status }: { status: string }) => status).sort()).toEqual(['error', 'success'])

  worker.kill('SIGTERM')
  expect(await worker.exited()).toBe(0)
  await writeFile(path.join(servers.project.project, 'models', 'second.sql'), "select id from {{ ref('first') }}\n")
  servers.work(onMachine('works-too'))
  const again = (await server.api.post(`/runs/${first}/retry/`)).data.data.id
  const mended = await ended(server, again)
  const log = mended.run_steps.map(({ logs }: { logs: string }) => logs).join('')
  expect(log).toContain(`Resuming run ${first} where this command failed.`)
  expect(log).toContain('PASS=1')
  expect(mended.status).toBe(10)
  for (const name of ['serves', 'works', 'works-too'])
    expect(existsSync(path.join(servers.project.folder, name, 'artifacts'))).toBe(false)
}, 180_000)
