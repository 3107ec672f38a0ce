import { sql } from 'kysely'
import type { Tx } from '../../../../db/database.ts'
import type { ProjectTarget } from './match-targets.ts'

/**
 * Gives new jobs and environments their ids before they are written, so that others can refer to them by their names.
 * Those of a dry run are below 0: it takes none from the database.
 */
export async function numberNewOnes(
  tx: Tx,
  targets: readonly ProjectTarget[],
  dryRun: boolean,
): Promise<ProjectTarget[]> {
  const environments = targets.flatMap((project) => project.environments)
  const jobs = environments.flatMap((environment) => environment.jobs)
  const environmentIds = await newIds('environments', environments.filter(isNew).length)
  const jobIds = await newIds('jobs', jobs.filter(isNew).length)
  return targets.map((project) => ({
    ...project,
    environments: project.environments.map((environment) => ({
      ...numbered(environment, environmentIds),
      jobs: environment.jobs.map((job) => numbered(job, jobIds)),
    })),
  }))

  async function newIds(table: 'environments' | 'jobs', count: number): Promise<number[]> {
    if (dryRun) return Array.from({ length: count }, (_, index) => -1 - index)
    const { rows } = await sql<{ id: number }>`
      select nextval(pg_get_serial_sequence(${table}, 'id')) as id from generate_series(1, ${count}::int)
    `.execute(tx)
    return rows.map(({ id }) => id)
  }
}

interface Numbered {
  readonly row: object | undefined
  readonly input: { readonly id?: number | null | undefined }
}

function isNew({ row, input }: Numbered): boolean {
  return row === undefined && typeof input.id !== 'number'
}

function numbered<T extends Numbered>(target: T, ids: number[]): T {
  return isNew(target) ? { ...target, input: { ...target.input, id: ids.shift() } } : target
}
