import { eventually } from '../support/eventually.ts'
import { createSlowProject, isAlive, type SlowProject } from '../support/slow-project.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

describe('a server that is killed while a run executes', () => {
  let project: SlowProject
  let server: StratusProcess | undefined
  afterEach(async () => {
    await server?.stop('SIGKILL')
    await project.remove()
  })

  const start = () => startStratus(['dev', project.project, '--data-dir', project.dataDir], { env: project.env })
  const trigger = async (from: StratusProcess): Promise<number> =>
    (await from.api.post('/jobs/1/run/', { cause: 'test' })).data.data.id
  const runStatus = async (from: StratusProcess, id: number) => (await from.api.get(`/runs/${id}/`)).data.data

  test('leaves no dbt behind; after a restart the run is final at once, queued runs run, and nothing runs twice', async () => {
    project = await createSlowProject(3)
    server = await start()
    const executing = await trigger(server)
    const queued = await trigger(server)
    const started = await eventually('dbt runs', () => project.events().find((event) => event.what === 'started'))
    expect(started.runId).toBe(executing)

    await server.stop('SIGKILL')
    await eventually('its dbt is gone though nobody restarted anything', () => !isAlive(project, started), 6_000)
    expect(project.events().map((event) => event.what)).toEqual(['started', 'interrupted'])

    server = await start()
    const run = await runStatus(server, executing)
    expect(run.status).toBe(20)
    expect(run.status_message).toContain('was lost')
    const again = server
    await eventually('the queued run is done', async () => (await runStatus(again, queued)).status === 10, 20_000)
    const starts = project.events().filter((event) => event.what === 'started')
    expect(starts.map((event) => event.runId)).toEqual([executing, queued])
  }, 90_000)
})
