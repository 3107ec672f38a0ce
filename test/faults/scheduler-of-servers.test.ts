import pg from 'pg'
import { eventually } from '../support/eventually.ts'
import { useSlowServers } from '../support/slow-servers.ts'

describe('schedules', () => {
  const servers = useSlowServers()

  test('a worker alone executes what is queued and fires nothing; the next server does', async () => {
    await servers.open(4)
    const server = await servers.serve(['--no-worker'])
    const job = await servers.applyProject(server)
    const queued = await servers.trigger(server, job)
    await server.stop()

    const client = new pg.Client({ connectionString: servers.databaseUrl })
    await client.connect()
    try {
      await client.query(`update jobs set trigger_schedule = true, schedule_cron = '0 0 1 1 *', next_run_at = now()`)
      servers.work()
      // Schedules are looked at every second: while dbt takes its four, a worker that fired them would have.
      await eventually(
        'the worker executes the queued run',
        async () => {
          const { rows } = await client.query(`select id, status from runs order by id`)
          expect(rows).toHaveLength(1)
          return Number(rows[0].id) === queued && rows[0].status === 'success'
        },
        30_000,
      )
      const next = await servers.serve(['--no-worker'])
      await eventually('the schedule fires', async () => {
        const { data } = await next.api.get('/runs/', { params: { include_related: '["trigger"]', order_by: '-id' } })
        return data.data.length === 2 && data.data[0].trigger.cause === 'Scheduled'
      })
    } finally {
      await client.end()
    }
  }, 90_000)
})
