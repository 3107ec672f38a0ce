import * as z from 'zod'
import { longestCommand } from '../../../domain/dbt-command/command-problem.ts'
import { completionField, jobFields } from '../../jobs/job-fields.ts'
import { engineKind } from './engine-kind.ts'
import { environmentVariables } from './environment-variables-schema.ts'
import { filled, filledText, id, integer, mapping, name, plainName, text } from './schema-parts.ts'
import { simulation } from './simulation-schema.ts'
import { strictFields } from './strict-fields.ts'

const fields = jobFields(strictFields)
export const scheduleSchema = fields.schedule

/** The keys are the Admin API's. */
export const jobSchema = mapping({
  id,
  name,
  description: text().nullish(),
  engine: engineKind.nullish(),
  dbt_version: plainName.nullish(),
  execute_steps: z.array(filled(text(longestCommand)), { error: 'a list of dbt commands' }).nullish(),
  settings: mapping({ threads: integer(1, 1024).nullish(), target_name: plainName.nullish() }).nullish(),
  ...fields,
  compare_changes_flags: text().nullish(),
  job_type: z.enum(['ci', 'merge', 'scheduled', 'other']).nullish(),
  deferring_job: filledText.nullish(),
  deferring_job_definition_id: id,
  deferring_environment: filledText.nullish(),
  deferring_environment_id: id,
  lifecycle_webhooks_url: z.url({ protocol: /^https?$/, error: 'an address with http or https' }).nullish(),
  job_completion_trigger_condition: completionField(strictFields, { job: filledText.nullish(), job_id: id }).nullish(),
  cost_optimization_features: z.array(filledText, { error: 'a list of names' }).nullish(),
  environment_variables: environmentVariables,
  simulation: simulation.nullish(),
})

export type JobDocument = z.infer<typeof jobSchema>
