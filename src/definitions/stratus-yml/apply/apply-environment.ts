import { sql } from 'kysely'
import { nextId } from '../../../db/reserve-ids.ts'
import { placeInEnvironment } from '../../../secrets/secret-place.ts'
import { sealSecrets } from '../../connections/secrets.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import { connectionOf, updateSecrets } from './connection.ts'
import type { EnvironmentTarget } from './match-targets.ts'
import { changesBetween } from './plan.ts'
import { scenarioOf, simulationChanges } from './simulation.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

export interface ParentProject {
  /** Undefined for what a dry run would create. */
  readonly id: number | undefined
  readonly name: string
}

function environmentValues(input: EnvironmentDocument) {
  return {
    name: input.name,
    type: input.type ?? ('deployment' as const),
    deployment_type: input.deployment_type ?? null,
    engine: input.engine ?? ('dbt' as const),
    dbt_command: input.dbt?.command ?? null,
    dbt_version: input.dbt_version ?? null,
    custom_branch: input.custom_branch ?? null,
    profile_name: input.profile?.name ?? null,
    target_name: input.profile?.target ?? null,
    connection: connectionOf(input),
    max_parallel_runs: input.max_parallel_runs ?? null,
    run_as: input.run_as ?? null,
  }
}

const labels = { dbt_command: 'dbt.command', profile_name: 'profile.name', target_name: 'profile.target' }

/** Answers the environment's id; undefined for what a dry run would create. */
export async function applyEnvironment(
  run: ApplyRun,
  { input, row, note }: EnvironmentTarget,
  project: ParentProject,
): Promise<number | undefined> {
  const values = environmentValues(input)
  const scenario = scenarioOf(input)
  const settings = changesBetween(row ?? environmentValues({ name: input.name }), values, labels)
  const secrets = updateSecrets(input, row, run.secretBox)
  const owned = row ? variablesOf(run, { projectId: project.id, environmentId: row.id }) : []
  const variables = variableChanges(run, owned, input.environment_variables)
  const rowChanges = [...revival(row), ...settings, ...simulationChanges(row, input), ...secrets.changes]
  const changes = [...rowChanges, ...variables.map((variable) => variable.shown)]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, { kind: 'environment', id, name: input.name, within: [project.name], isNew: !row, changes, note })
  if (!run.dryRun) await writeVariables(run, { projectId: project.id, environmentId: id }, variables)
  return id

  async function write(): Promise<number> {
    const environmentId = row?.id ?? input.id ?? (await nextId(run.tx, 'environments'))
    const place = placeInEnvironment({ id: environmentId, project_id: known(project.id) })
    const stored = {
      ...values,
      connection: values.connection && JSON.stringify(values.connection),
      simulation: scenario && JSON.stringify(scenario),
      ...(secrets.secrets && { connection_secrets: sealSecrets(secrets.secrets, run.secretBox, place) }),
      // A connection that API clients share among environments ends here where the document says otherwise.
      ...(settings.some(({ key }) => key === 'connection') || secrets.secrets !== undefined
        ? { connection_id: null, credentials_id: null }
        : {}),
    }
    if (row) {
      if (rowChanges.length === 0 && secrets.secrets === undefined) return row.id
      const update = { ...stored, state: 1, updated_at: sql<Date>`now()` }
      await run.tx.updateTable('environments').set(update).where('id', '=', row.id).execute()
      return row.id
    }
    await run.tx
      .insertInto('environments')
      .values({ id: environmentId, account_id: run.accountId, project_id: known(project.id), ...stored })
      .execute()
    return environmentId
  }
}

/** Parents are written before their children. */
export function known(id: number | undefined): number {
  if (id === undefined) throw new Error('The parent of a new row was not written.')
  return id
}
