import { eventually } from '../support/eventually.ts'
import { useSlowServers } from '../support/slow-servers.ts'

const servers = useSlowServers()

test('what changes the packages of a folder waits for the dbt that another process of the machine runs there', async () => {
  await servers.open(4)
  const server = await servers.serve(['--no-worker'])
  for (const name of ['one', 'two']) servers.work({ STRATUS_WORKER_NAME: name, STRATUS_WORKERS: '1' })
  const build = await servers.applyProject(server)
  const other = await server.api.post('/jobs/', {
    ...(await server.api.get(`/jobs/${build}/`)).data.data,
    id: null,
    name: 'Packages',
    execute_steps: ['dbt deps'],
  })
  const running = await servers.trigger(server, build)
  await eventually('dbt runs', () => servers.project.events()[0], 30_000)
  const changing = await servers.trigger(server, other.data.data.id)
  await eventually('it has ended', async () => (await servers.runOf(server, changing)).is_complete, 60_000)
  const [first, second] = await Promise.all([running, changing].map((id) => servers.runOf(server, id)))
  expect([first.status, second.status]).toEqual([10, 10])
  // Each worker has room for one run: they were of two processes.
  expect(first.executed_by_thread_id).not.toBe(second.executed_by_thread_id)
  expect(servers.project.events()).toEqual([
    { what: 'started', runId: running },
    { what: 'finished', runId: running },
    { what: 'started', runId: changing },
    { what: 'finished', runId: changing },
  ])
  const { data } = await server.api.get(`/runs/${changing}/?include_related=["run_steps"]`)
  const logs = data.data.run_steps.map((step: { logs: string }) => step.logs).join('')
  expect(logs).toContain(`Waiting for run ${running}, which works in the project's folder.`)
}, 120_000)
