import { once } from 'node:events'
import { createEmptyDatabase } from './database/test-database.ts'
import { createSlowProject, type SlowProject } from './slow-project.ts'
import { type StratusProcess, spawnStratus, startStratus } from './stratus-process.ts'
import { testKey } from './test-key.ts'

const token = 'a-token-of-forty-characters-for-this-test'

export interface WorkProcess {
  readonly output: () => string
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process is gone, with its exit code; null when a signal ended it. */
  exited(): Promise<number | null>
  /** The signal that ended it. */
  endedBy(): NodeJS.Signals | null
}

interface Opened {
  readonly project: SlowProject
  readonly database: { url: string; drop(): Promise<void> }
}

/** Real servers and workers on a PostgreSQL database of each test, with a project whose dbt takes a given time. */
export function useSlowServers(): SlowServers {
  const servers = new SlowServers()
  afterEach(() => servers.remove())
  return servers
}

export class SlowServers {
  #opened: Opened | undefined
  readonly #servers: StratusProcess[] = []
  readonly #workers: WorkProcess[] = []

  /** Call first. */
  async open(seconds: number): Promise<void> {
    this.#opened = { project: await createSlowProject(seconds), database: await createEmptyDatabase() }
  }

  async remove(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop('SIGKILL')))
    for (const worker of this.#workers.splice(0)) {
      worker.kill('SIGKILL')
      await worker.exited()
    }
    await this.#opened?.database.drop()
    await this.#opened?.project.remove()
    this.#opened = undefined
  }

  get project(): SlowProject {
    return this.#parts.project
  }

  get databaseUrl(): string {
    return this.#parts.database.url
  }

  get #parts(): Opened {
    if (this.#opened === undefined) throw new Error('Call open() first.')
    return this.#opened
  }

  async serve(args: readonly string[] = [], env: Record<string, string> = {}): Promise<StratusProcess> {
    const server = await startStratus(['serve', '--migrate', ...args], { env: this.environment(env), token })
    this.#servers.push(server)
    return server
  }

  work(env: Record<string, string> = {}): WorkProcess {
    // A worker refuses to know the administrator's token.
    const { child, output } = spawnStratus(['work'], { env: { ...this.environment(env), STRATUS_ADMIN_TOKEN: '' } })
    const worker = {
      output,
      kill: (signal: NodeJS.Signals) => child.kill(signal),
      async exited() {
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
        return child.exitCode
      },
      endedBy: () => child.signalCode,
    }
    this.#workers.push(worker)
    return worker
  }

  environment(extra: Record<string, string> = {}): Record<string, string> {
    const { project, database } = this.#parts
    return {
      ...project.env,
      DATABASE_URL: database.url,
      STRATUS_ADMIN_TOKEN: token,
      STRATUS_SECRET_KEY: testKey('servers'),
      STRATUS_PROJECT_ROOTS: project.folder,
      STRATUS_DATA_DIR: project.dataDir,
      STRATUS_PASS_ENV: 'SLOW_DBT_LOG,SLOW_DBT_SECONDS,SLOW_DBT_STUBBORN',
      // The usual minute is long for a test that waits for its end.
      STRATUS_LEASE_SECONDS: '10',
      ...extra,
    }
  }

  /** Makes the slow project's job; answers its id. */
  async applyProject(server: StratusProcess): Promise<number> {
    const jobs = [{ name: 'Build', execute_steps: ['dbt build'] }]
    const projects = [{ name: 'Slow', path: this.project.project, environments: [{ name: 'Production', jobs }] }]
    const answer = await server.api.post(`${server.ready.url}/api/stratus/v1/apply`, { document: { projects } })
    expect(answer.status).toBe(200)
    const listed = await server.api.get('/jobs/')
    return listed.data.data[0].id
  }

  async trigger(server: StratusProcess, jobId: number): Promise<number> {
    return (await server.api.post(`/jobs/${jobId}/run/`, { cause: 'test' })).data.data.id
  }

  async runOf(server: StratusProcess, id: number) {
    return (await server.api.get(`/runs/${id}/`)).data.data
  }
}
