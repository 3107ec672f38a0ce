import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface SlowProject {
  readonly folder: string
  readonly project: string
  /** It is for `--data-dir`. */
  readonly dataDir: string
  /** The program `dbt` of this project needs these. */
  readonly env: Record<string, string>
  /** Gives what the program did, a word and the run's id for each line: started, interrupted, finished. */
  events(): Array<{ what: string; runId: number }>
  remove(): Promise<void>
}

/** A dbt project whose `dbt` is a program that takes `seconds`. */
export async function createSlowProject(seconds: number): Promise<SlowProject> {
  const folder = await mkdtemp(path.join(tmpdir(), 'stratus-slow-'))
  const project = path.join(folder, 'project')
  await mkdir(project)
  await writeFile(path.join(project, 'dbt_project.yml'), 'name: slow\nprofile: slow\n')
  await writeFile(
    path.join(project, 'profiles.yml'),
    'slow:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: ":memory:", threads: 1 }\n',
  )
  const log = path.join(folder, 'events')
  await writeFile(log, '')
  const bin = path.resolve(import.meta.dirname, '../fixtures/slow-dbt')
  return {
    folder,
    project,
    dataDir: path.join(folder, 'data'),
    env: { PATH: `${bin}:${process.env.PATH}`, SLOW_DBT_LOG: log, SLOW_DBT_SECONDS: String(seconds) },
    events: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => {
          const [what = '', runId] = line.split(' ')
          return { what, runId: Number(runId) }
        }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** It is true while the dbt of a run is alive, whatever id it knows itself by; one that nobody has reaped yet has no environment. */
export function isAlive({ env }: SlowProject, { runId }: { readonly runId: number }): boolean {
  const ours = [`SLOW_DBT_LOG=${env.SLOW_DBT_LOG}`, `DBT_CLOUD_RUN_ID=${runId}`]
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false
    const variables = environmentOf(name)
    return ours.every((variable) => variables.includes(variable))
  })
}

function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return [] // it ended meanwhile
  }
}
