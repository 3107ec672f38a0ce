import path from 'node:path'
import { type PostgresServer, startPostgres } from '../support/database/postgres-server.mjs'
import { eventually } from '../support/eventually.ts'
import { isAlive } from '../support/slow-project.ts'
import { useSlowServers } from '../support/slow-servers.ts'

const bin = path.resolve(import.meta.dirname, '../fixtures/chatty-dbt')

describe('PostgreSQL goes away while a run says much', () => {
  const servers = useSlowServers()
  let postgres: PostgresServer
  beforeEach(async () => {
    postgres = await startPostgres()
  })
  afterEach(() => postgres.stop())

  async function startRun(seconds: number, leaseSeconds: number) {
    await servers.open(seconds)
    const env = {
      DATABASE_URL: postgres.url,
      PATH: `${bin}:${process.env.PATH}`,
      STRATUS_LEASE_SECONDS: String(leaseSeconds),
    }
    const server = await servers.serve(['--no-worker'], env)
    const job = await servers.applyProject(server)
    const worker = servers.work(env)
    const id = await servers.trigger(server, job)
    const started = await eventually('dbt runs', () => servers.project.events()[0], 30_000)
    return { server, worker, id, started }
  }

  const counted = (text: string, what: string) => text.split(what).length - 1

  test('and comes back, three times: the run succeeds, its log is whole and in order', async () => {
    const { server, worker, id } = await startRun(8, 60)
    for (let restart = 0; restart < 3; restart++) {
      const before = counted(worker.output(), 'answers again')
      await postgres.halt(restart === 1 ? 'SIGQUIT' : 'SIGINT')
      await eventually('the worker misses it', () => counted(worker.output(), 'does not answer') === restart + 1)
      await postgres.start()
      await eventually('the worker has it again', () => counted(worker.output(), 'answers again') > before)
    }
    const run = await eventually(
      'the run is done',
      async () => {
        const { status, data } = await server.api.get(`/runs/${id}/`, {
          params: { include_related: '["run_steps","debug_logs"]' },
        })
        return status === 200 && data.data.is_complete && data.data
      },
      60_000,
    )
    expect([run.status, run.status_message]).toEqual([10, null])
    const said = run.run_steps.at(-1).logs.match(/^line \d+$/gm)
    expect(said).toEqual(Array.from({ length: 80 }, (_, line) => `line ${line}`))
    expect(servers.project.events().map(({ what }) => what)).toEqual(['started', 'finished'])
    // One for each time, besides what it says at its start of whom dbt runs as.
    const warnings = worker.output().match(/"level":40.*/g) ?? []
    expect(warnings.filter((line) => !line.includes('dbt runs as'))).toHaveLength(3)
  }, 120_000)

  test('for longer than the lease: dbt is stopped, nothing more is written, and the run is taken from the worker', async () => {
    const { server, worker, id, started } = await startRun(120, 6)
    await postgres.halt()
    await eventually('dbt is stopped', () => !isAlive(servers.project, started), 30_000)
    await eventually('the worker knows', () => worker.output().includes('run lost'), 30_000)
    await postgres.start()
    const run = await eventually(
      'the run is taken from it',
      async () => {
        const { status, data } = await server.api.get(`/runs/${id}/`)
        return status === 200 && data.data.is_complete && data.data
      },
      60_000,
    )
    expect([run.status, run.status_message]).toEqual([20, expect.stringContaining('was lost')])
    expect(servers.project.events().map(({ what }) => what)).toEqual(['started', 'interrupted'])
  }, 120_000)
})
