import type { Connection } from '../../../../domain/environment.ts'
import { namesSecretVariable } from '../../../../domain/secrets/secret-names.ts'
import { setInPyyaml, writePyyaml } from '../../../../util/pyyaml/write-pyyaml.ts'
import { StepFailure } from '../../../steps/step-failure.ts'
import type { ProfileOutput } from '../read/profiles-file.ts'
import { isRendered } from '../read/render-env-vars.ts'
import { bigqueryOutput } from './bigquery-output.ts'

export interface GeneratedProfile {
  readonly text: string
  readonly output: ProfileOutput
  /** Secrets, and texts that dbt would render, by the names that the text refers to. */
  readonly variables: Readonly<Record<string, string>>
}

/** A profiles.yml with one profile and one target. What dbt would render or nobody may read is in it by reference only. */
export function generateProfile(settings: {
  readonly name: string
  readonly target: string
  readonly connection: Connection
  readonly secrets: Readonly<Record<string, string>>
  readonly schema: string | undefined
  readonly threads: number | undefined
}): GeneratedProfile {
  const { name, target, connection, secrets, schema, threads } = settings
  const variables: Record<string, string> = {}
  const references: Record<string, string> = {}
  for (const [key, value] of Object.entries(secrets)) {
    const variable = `DBT_ENV_SECRET_STRATUS_${key.toUpperCase().replace(/\W/g, '_')}`
    variables[variable] = value
    references[key] = referenceTo(variable)
  }
  const asText = (value: unknown): unknown => (typeof value === 'string' ? literal(value, variables) : value)
  const details = Object.entries(connection.details).map(
    ([key, value]) => [key, Array.isArray(value) ? value.map(asText) : asText(value)] as const,
  )
  const all = { ...Object.fromEntries(details), ...references }
  const output = {
    type: connection.type,
    ...(connection.type === 'bigquery' ? bigqueryOutput(all) : all),
    ...(schema !== undefined && { [schemaKeyOf({ type: connection.type })]: asText(schema) }),
    ...(threads !== undefined && { threads }),
  }
  const text = writePyyaml({ [name]: { target: asText(target), outputs: { [target]: output } } })
  return { text, output, variables }
}

/** A text as dbt must write it to have it again: where dbt would render something, it is handed over by a variable. */
function literal(text: string, variables: Record<string, string>): string {
  // The value of a variable is not rendered, but searched for the mark of a secret.
  if (namesSecretVariable(text)) {
    throw new StepFailure(
      `The connection, its target or its schema says ${JSON.stringify(text.slice(0, 255))}. Nothing there is rendered: ` +
        'give secrets as they are, under the names of secrets.',
    )
  }
  if (!isRendered(text)) return text
  const variable = `STRATUS_PROFILE_TEXT_${Object.keys(variables).length + 1}`
  variables[variable] = text
  return referenceTo(variable)
}

function referenceTo(variable: string): string {
  return `{{ env_var('${variable}') }}`
}

/** The project's own profiles.yml with another schema in one target; everything else, Jinja too, as it was. */
export function overrideSchema(
  text: string,
  { name, target, output }: { readonly name: string; readonly target: string; readonly output: ProfileOutput },
  schema: string,
): string {
  return setInPyyaml(text, [name, 'outputs', target, schemaKeyOf(output)], schema)
}

/** BigQuery calls a dataset what most adapters call a schema. */
function schemaKeyOf(output: ProfileOutput): string {
  return output.type === 'bigquery' && output.schema === undefined ? 'dataset' : 'schema'
}
