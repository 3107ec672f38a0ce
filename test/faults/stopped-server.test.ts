import type { ChildProcess } from 'node:child_process'
import { eventually } from '../support/eventually.ts'
import { createSlowProject, isAlive, type SlowProject } from '../support/slow-project.ts'
import { type StratusProcess, spawnStratus, startStratus } from '../support/stratus-process.ts'
import { createEmptyDatabase } from '../support/test-database.ts'

const token = 'a-token-of-forty-characters-for-this-test'

describe('servers and workers on PostgreSQL', () => {
  let project: SlowProject
  let database: { url: string; drop(): Promise<void> }
  const processes: StratusProcess[] = []
  const workers: ChildProcess[] = []

  beforeEach(async () => {
    database = await createEmptyDatabase()
  })
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((each) => each.stop('SIGKILL')))
    for (const worker of workers.splice(0)) worker.kill('SIGKILL')
    await database.drop()
    await project.remove()
  })

  function environment(extra: Record<string, string> = {}): Record<string, string> {
    return {
      ...project.env,
      DATABASE_URL: database.url,
      STRATUS_ADMIN_TOKEN: token,
      STRATUS_SECRET_KEY: 'a secret key that is long enough for tests',
      STRATUS_PROJECT_ROOTS: project.folder,
      STRATUS_DATA_DIR: project.dataDir,
      STRATUS_PASS_ENV: 'SLOW_DBT_LOG,SLOW_DBT_SECONDS',
      ...extra,
    }
  }

  async function start(args: string[], extra: Record<string, string> = {}): Promise<StratusProcess> {
    const started = await startStratus(args, { env: environment(extra), token })
    processes.push(started)
    return started
  }

  /** Makes the slow project's job; answers its id. */
  async function applyProject(server: StratusProcess): Promise<number> {
    const document = {
      projects: [
        {
          name: 'Slow',
          path: project.project,
          environments: [{ name: 'Production', jobs: [{ name: 'Build', execute_steps: ['dbt build'] }] }],
        },
      ],
    }
    const answer = await server.api.post(`${server.ready.url}/api/stratus/v1/apply`, { document })
    expect(answer.status).toBe(200)
    const jobs = await server.api.get('/jobs/')
    return jobs.data.data[0].id
  }

  const runOf = async (server: StratusProcess, id: number) => (await server.api.get(`/runs/${id}/`)).data.data
  const trigger = async (server: StratusProcess, jobId: number): Promise<number> =>
    (await server.api.post(`/jobs/${jobId}/run/`, { cause: 'test' })).data.data.id

  test('SIGTERM: after the drain time-out what executes ends in error, its dbt is gone, and queued runs wait for others', async () => {
    project = await createSlowProject(30)
    const server = await start(['serve', '--migrate'], { STRATUS_DRAIN_TIMEOUT: '1' })
    const job = await applyProject(server)
    const [executing, queued] = [await trigger(server, job), await trigger(server, job)]
    const started = await eventually('dbt runs', () => project.events()[0])
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(isAlive(started.pid)).toBe(false)
    expect(project.events().map((event) => event.what)).toEqual(['started', 'interrupted'])
    const other = await start(['serve', '--no-worker'])
    const ended = await runOf(other, executing)
    expect([ended.status, ended.status_message]).toEqual([
      20,
      expect.stringMatching(/^The worker was stopped\. See http/),
    ])
    expect((await runOf(other, queued)).status).toBe(1)
  }, 90_000)

  test('SIGTERM: a run that ends within the drain time-out is not disturbed', async () => {
    project = await createSlowProject(1)
    const server = await start(['serve', '--migrate'], { STRATUS_DRAIN_TIMEOUT: '20' })
    const id = await trigger(server, await applyProject(server))
    await eventually('dbt runs', () => project.events()[0])
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(project.events().map((event) => event.what)).toEqual(['started', 'finished'])
    const other = await start(['serve', '--no-worker'])
    expect((await runOf(other, id)).status).toBe(10)
  }, 90_000)

  test('a worker that freezes loses its run, its dbt is ended, and when it wakes it writes nothing', async () => {
    project = await createSlowProject(60)
    const server = await start(['serve', '--migrate', '--no-worker'])
    const job = await applyProject(server)
    const worker = spawnStratus(['work'], { env: environment() })
    workers.push(worker.child)
    const id = await trigger(server, job)
    const started = await eventually('dbt runs', () => project.events()[0])
    worker.child.kill('SIGSTOP')
    await eventually('its dbt is ended by the guardian', () => !isAlive(started.pid), 25_000)
    const lost = await eventually(
      'the run is taken from it',
      async () => {
        const run = await runOf(server, id)
        return run.is_complete && run
      },
      30_000,
    )
    expect([lost.status, lost.status_message]).toEqual([20, expect.stringContaining('was lost')])
    worker.child.kill('SIGCONT')
    await eventually('it works again', async () => {
      const next = await trigger(server, job)
      return eventually('the next run starts', () => project.events().some((event) => event.runId === next))
    })
    const after = await runOf(server, id)
    expect({ ...after, finished_at_humanized: '', created_at_humanized: '' }).toEqual({
      ...lost,
      finished_at_humanized: '',
      created_at_humanized: '',
      can_retry: after.can_retry,
      retry_not_supported_reason: after.retry_not_supported_reason,
    })
  }, 90_000)
})
