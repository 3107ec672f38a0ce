import { sql } from 'kysely'
import type { EnvironmentVariableRow } from '../../../db/schema/environment-variables.ts'
import { isSecretVariable } from '../../../domain/secrets/secret-names.ts'
import type { SecretBox } from '../../../secrets/secret-box.ts'
import { plainValue } from '../../variables/plain-value.ts'
import { storeVariable } from '../../variables/store-variable.ts'
import type { ApplyRun } from './apply-run.ts'
import type { CurrentState } from './current-state.ts'
import { type PlanChange, secretPlaceholder } from './plan.ts'

/** Variables belong to one of these; an id is `undefined` where a dry run would create the owner. */
export interface VariableOwner {
  readonly projectId: number | undefined
  readonly environmentId?: number | undefined
  readonly jobId?: number | undefined
}

type Given = Readonly<Record<string, string | number | boolean | null>> | null | undefined

interface VariableChange {
  readonly name: string
  /** Null removes it. */
  readonly value: string | null
  readonly shown: PlanChange
}

/** Plain variables become what the document says; secret ones stay unless it says something of them. */
export function variableChanges(
  run: ApplyRun,
  current: readonly EnvironmentVariableRow[],
  given: Given,
): VariableChange[] {
  const wanted = new Map(
    Object.entries(given ?? {}).map(([name, value]) => [name, value === null ? null : String(value)]),
  )
  for (const { name } of current) if (!wanted.has(name) && !isSecretVariable(name)) wanted.set(name, null)
  return [...wanted].flatMap(([name, value]) => {
    const row = current.find((candidate) => candidate.name === name)
    const before = row ? readableValue(row, run.secretBox) : null
    if (before === value) return []
    const show = (shown: unknown) => (shown !== null && isSecretVariable(name) ? secretPlaceholder : shown)
    const from = row ? show(before ?? secretPlaceholder) : null
    return [{ name, value, shown: { key: `environment_variables.${name}`, from, to: show(value) } }]
  })
}

/** Finds the rows of one owner, by their ids; there are none for an owner that is new. */
export function variablesOf(
  run: { readonly state: Pick<CurrentState, 'variables'> },
  { projectId, environmentId, jobId }: VariableOwner,
): EnvironmentVariableRow[] {
  return run.state.variables.filter(
    (row) =>
      row.project_id === projectId && row.environment_id === (environmentId ?? null) && row.job_id === (jobId ?? null),
  )
}

export async function writeVariables(
  run: ApplyRun,
  owner: VariableOwner,
  changes: readonly VariableChange[],
): Promise<void> {
  if (owner.projectId === undefined) return
  for (const { name, value } of changes) {
    if (value === null) await removeVariable(run, owner, name)
    else await storeVariable(run, { ...owner, projectId: owner.projectId }, name, value)
  }
}

async function removeVariable({ tx }: ApplyRun, owner: VariableOwner, name: string): Promise<void> {
  await sql`
    delete from environment_variables
    where project_id = ${owner.projectId} and name = ${name}
      and environment_id is not distinct from ${owner.environmentId ?? null}
      and job_id is not distinct from ${owner.jobId ?? null}
  `.execute(tx)
}

/** It is undefined when no key that this server has decrypts it: then any given value is a new one. */
function readableValue(row: EnvironmentVariableRow, secretBox: SecretBox): string | undefined {
  try {
    return plainValue(row, secretBox)
  } catch {
    return undefined
  }
}
