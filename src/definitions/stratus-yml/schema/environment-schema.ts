import * as z from 'zod'
import { namesSecretVariable } from '../../../domain/secrets/secret-names.ts'
import { engineKind } from './engine-kind.ts'
import { environmentVariables } from './environment-variables-schema.ts'
import { jobSchema } from './job-schema.ts'
import { branch, filledText, id, integer, line, mapping, name, plainName, scalar } from './schema-parts.ts'
import { simulation } from './simulation-schema.ts'

const detail = z
  .union([scalar, z.array(filledText)], { error: 'text, a number, true or false, or a list of texts' })
  .refine((value) => ![value].flat().some((one) => typeof one === 'string' && namesSecretVariable(one)), {
    error: 'text that names no DBT_ENV_SECRET variable: nothing in a connection is rendered',
  })

/** Its other keys are the adapter's, as in profiles.yml, so that none of them is unknown. */
const connection = z
  .object({
    name: name.nullish(),
    type: z.string().regex(/^[a-z][a-z0-9_]*$/, { error: "the name of a dbt adapter, such as 'postgres'" }),
  })
  .catchall(detail.nullable())

export const environmentSchema = mapping({
  id,
  name,
  type: z.enum(['deployment', 'development']).nullish(),
  deployment_type: z.enum(['production', 'staging']).nullish(),
  engine: engineKind.nullish(),
  dbt: mapping({ command: line.nullish() }).nullish(),
  dbt_version: plainName.nullish(),
  custom_branch: branch.nullish(),
  profile: mapping({ name: plainName.nullish(), target: plainName.nullish() }).nullish(),
  connection: connection.nullish(),
  credentials: z.record(z.string(), scalar.nullable()).nullish(),
  environment_variables: environmentVariables,
  max_parallel_runs: integer(1).nullish(),
  run_as: line.nullish(),
  simulation: simulation.nullish(),
  jobs: z.array(jobSchema, { error: 'a list of jobs' }).nullish(),
})

export type EnvironmentDocument = z.infer<typeof environmentSchema>
