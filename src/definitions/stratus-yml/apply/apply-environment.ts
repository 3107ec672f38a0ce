import { nextId } from '../../../db/reserve-ids.ts'
import { defaultEnvironmentSettings } from '../../../domain/environment.ts'
import { placeInEnvironment } from '../../../secrets/secret-place.ts'
import { connectionOf, updateSecrets } from '../../connections/own-parts.ts'
import { sealSecrets } from '../../connections/secrets.ts'
import { settingsOfWire, wireNames } from '../../environments/environment-wire.ts'
import { writeEnvironment } from '../../environments/write-environment.ts'
import { type ApplyRun, addEntry, revival } from './apply-run.ts'
import { scenarioOf, simulationChanges } from './apply-scenario.ts'
import type { EnvironmentTarget } from './match/match-targets.ts'
import { changesBetween, secretPlaceholder } from './plan.ts'
import { variableChanges, variablesOf, writeVariables } from './variables.ts'

export interface ParentProject {
  /** It is undefined for what a dry run would create. */
  readonly id: number | undefined
  readonly name: string
}

/** Answers the environment's id; undefined for what a dry run would create. */
export async function applyEnvironment(
  run: ApplyRun,
  { input, row, note }: EnvironmentTarget,
  project: ParentProject,
): Promise<number | undefined> {
  const defaults = { name: input.name, ...defaultEnvironmentSettings }
  // Whatever a document does not say of an environment returns to its default.
  const settings = settingsOfWire(input, defaults)
  const connection = connectionOf(input)
  const scenario = scenarioOf(input)
  const settingChanges = changesBetween({ ...(row ?? defaults) }, { ...settings }, wireNames)
  const connectionChanges = changesBetween({ connection: row?.connection ?? null }, { connection })
  const secrets = updateSecrets(input, row, run.secretBox)
  const owned = row ? variablesOf(run, { projectId: project.id, environmentId: row.id }) : []
  const variables = variableChanges(run, owned, input.environment_variables)
  const rowChanges = [
    ...revival(row),
    ...settingChanges,
    ...connectionChanges,
    ...simulationChanges(row, input),
    ...secrets.changed.map(({ name, wasThere, isThere }) => ({
      key: `credentials.${name}`,
      from: wasThere ? secretPlaceholder : null,
      to: isThere ? secretPlaceholder : null,
    })),
  ]
  const changes = [...rowChanges, ...variables.map((variable) => variable.shown)]
  const id = run.dryRun ? (row?.id ?? input.id ?? undefined) : await write()
  addEntry(run, { kind: 'environment', id, name: input.name, within: [project.name], isNew: !row, changes, note })
  if (!run.dryRun) await writeVariables(run, { projectId: project.id, environmentId: id }, variables)
  return id

  async function write(): Promise<number> {
    if (row && rowChanges.length === 0 && secrets.secrets === undefined) return row.id
    const id = row?.id ?? input.id ?? (await nextId(run.tx, 'environments'))
    const projectId = known(project.id)
    const place = placeInEnvironment({ id, project_id: projectId })
    const connects = {
      connection,
      ...(secrets.secrets && { connection_secrets: sealSecrets(secrets.secrets, run.secretBox, place) }),
      // A connection that API clients share among environments ends here where the document says otherwise.
      connection_id: null,
      credentials_id: null,
    }
    await writeEnvironment(run.tx, {
      id,
      accountId: run.accountId,
      projectId,
      settings,
      connects: connectionChanges.length > 0 || secrets.secrets !== undefined ? connects : undefined,
      simulation: scenario,
      before: row,
    })
    return id
  }
}

/** Parents are written before their children. */
export function known(id: number | undefined): number {
  if (id === undefined) throw new Error('The parent of a new row was not written.')
  return id
}
