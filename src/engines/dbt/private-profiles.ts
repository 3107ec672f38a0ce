import type { Connection } from '../../domain/environment.ts'
import { setInPyyaml, writePyyaml } from '../../util/pyyaml/write-pyyaml.ts'
import { bigqueryOutput } from './bigquery-output.ts'
import type { ProfileOutput } from './profiles-file.ts'

export interface GeneratedProfile {
  readonly text: string
  readonly output: ProfileOutput
  /** The secrets, by the names that the text refers to. */
  readonly secretVariables: Readonly<Record<string, string>>
}

/** A profiles.yml with one profile and one target. Secrets are in it by reference only. */
export function generateProfile(settings: {
  readonly name: string
  readonly target: string
  readonly connection: Connection
  readonly secrets: Readonly<Record<string, string>>
  readonly schema: string | undefined
  readonly threads: number | undefined
}): GeneratedProfile {
  const { name, target, connection, secrets, schema, threads } = settings
  const secretVariables: Record<string, string> = {}
  const references: Record<string, string> = {}
  for (const [key, value] of Object.entries(secrets)) {
    const variable = `DBT_ENV_SECRET_STRATUS_${key.toUpperCase().replace(/\W/g, '_')}`
    secretVariables[variable] = value
    references[key] = `{{ env_var('${variable}') }}`
  }
  const details = { ...connection.details, ...references }
  const output = {
    type: connection.type,
    ...(connection.type === 'bigquery' ? bigqueryOutput(details) : details),
    ...(schema !== undefined && { [schemaKeyOf({ type: connection.type })]: schema }),
    ...(threads !== undefined && { threads }),
  }
  return { text: writePyyaml({ [name]: { target, outputs: { [target]: output } } }), output, secretVariables }
}

/** The project's own profiles.yml with another schema in one target; everything else, Jinja too, as it was. */
export function overrideSchema(
  text: string,
  { name, target, output }: { readonly name: string; readonly target: string; readonly output: ProfileOutput },
  schema: string,
): string {
  return setInPyyaml(text, [name, 'outputs', target, schemaKeyOf(output)], schema)
}

/** What most adapters call a schema, BigQuery calls a dataset. */
function schemaKeyOf(output: ProfileOutput): string {
  return output.type === 'bigquery' && output.schema === undefined ? 'dataset' : 'schema'
}
