import { sql } from 'kysely'
import type { Db, Tx } from '../../../db/database.ts'
import type { AccountRow } from '../../../db/schema/accounts.ts'
import type { EnvironmentVariableRow } from '../../../db/schema/environment-variables.ts'
import type { EnvironmentRow } from '../../../db/schema/environments.ts'
import type { JobRow } from '../../../db/schema/jobs.ts'
import type { ProjectRow } from '../../../db/schema/projects.ts'
import { activeState } from '../../../domain/state.ts'
import { knownDetail } from '../../projects/detail-policy.ts'
import { knownUser } from '../../projects/machine-policy.ts'
import { loadAccountRows } from '../account-rows.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'
import { chosenIds } from './match/chosen-ids.ts'

/** Holds all that a document may change, deleted rows included: they come back by their id. */
export interface CurrentState {
  /** The time is the database's. */
  readonly now: Date
  readonly account: AccountRow | undefined
  readonly projects: ReadonlyMap<number, ProjectRow>
  readonly environments: ReadonlyMap<number, EnvironmentRow>
  readonly jobs: ReadonlyMap<number, JobRow>
  readonly variables: readonly EnvironmentVariableRow[]
  /** The document's ids that belong to another account. */
  readonly foreign: Readonly<Record<'projects' | 'environments' | 'jobs', ReadonlySet<number>>>
}

export async function loadCurrentState(tx: Tx, accountId: number, document: StratusDocument): Promise<CurrentState> {
  const { rows } = await sql<{ now: Date }>`select now()`.execute(tx)
  const { account, projects, environments, jobs, variables } = await loadAccountRows(tx, accountId)
  const chosen = chosenIds(document)
  return {
    now: rows[0]?.now ?? new Date(),
    account,
    projects: byId(projects),
    environments: byId(environments),
    jobs: byId(jobs),
    variables,
    foreign: {
      projects: await foreignIds(tx, 'projects', accountId, chosen.projects),
      environments: await foreignIds(tx, 'environments', accountId, chosen.environments),
      jobs: await foreignIds(tx, 'jobs', accountId, chosen.jobs),
    },
  }
}

/** The folders, addresses and programs that projects and environments of an account name. */
export async function knownPlaces(db: Db, accountId: number): Promise<Set<string>> {
  const projects = await db
    .selectFrom('projects')
    .select(['path', 'git_url'])
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .execute()
  const environments = await db
    .selectFrom('environments')
    .select(['dbt_command', 'connection', 'run_as'])
    .where('account_id', '=', accountId)
    .where('state', '=', activeState)
    .execute()
  const places = [
    ...projects.flatMap(({ path, git_url }) => [path, git_url]),
    ...environments.flatMap(({ dbt_command, connection, run_as }) => [
      run_as === null ? null : knownUser(run_as),
      dbt_command,
      ...Object.entries(connection ? { type: connection.type, ...connection.details } : {}).map(([name, value]) =>
        knownDetail(connection?.type, name, value),
      ),
    ]),
  ]
  return new Set(places.filter((place) => place !== null))
}

function byId<Row extends { readonly id: number; readonly name: string }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]))
}

async function foreignIds(
  tx: Tx,
  table: 'projects' | 'environments' | 'jobs',
  accountId: number,
  ids: readonly number[],
): Promise<Set<number>> {
  if (ids.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    select id from ${sql.table(table)} where account_id <> ${accountId} and id = any(${[...ids]}::bigint[])
  `.execute(tx)
  return new Set(rows.map((row) => row.id))
}
