import * as z from 'zod'
import { completionField, jobFields } from '../../definitions/jobs/job-fields.ts'
import { engineKind } from '../../definitions/stratus-yml/schema/engine-kind.ts'
import { id, mapping as strictMapping } from '../../definitions/stratus-yml/schema/schema-parts.ts'
import { longestCommand } from '../../domain/dbt-command/command-problem.ts'
import { bodyBoolean, bodyText, bodyTextList, filledBodyText, plainBodyName } from '../inputs/body-values.ts'
import {
  bodyId,
  bodyName,
  bodyState,
  clearable,
  clearableId,
  clearableText,
  documentPart,
} from '../inputs/clearable-fields.ts'
import { lenientFields } from '../inputs/lenient-fields.ts'

const { mapping, integer } = lenientFields

const completion = completionField(lenientFields, {
  job_id: z.coerce.number().int().positive({ error: 'Expected the id of a job.' }),
})

const webAddress = z.url({ protocol: /^https?$/, error: 'Expected an address with http or https.' }).max(2_000)

/** A job as clients send it; whatever else they send back of what they read is ignored. */
export const jobBody = z.object({
  id: bodyId(),
  account_id: bodyId(),
  project_id: bodyId(),
  environment_id: bodyId(),
  name: bodyName(),
  description: clearableText(),
  dbt_version: clearable(plainBodyName()),
  execute_steps: filledTexts(bodyTextList(1_000, longestCommand)),
  settings: mapping({ threads: integer(1, 1_024), target_name: plainBodyName() }).nullish(),
  ...jobFields(lenientFields),
  state: bodyState(),
  generate_sources: bodyBoolean(),
  compare_changes_flags: bodyText(10_000),
  deferring_job_definition_id: clearableId(),
  deferring_environment_id: clearableId(),
  lifecycle_webhooks_url: clearable(webAddress),
  job_type: filledBodyText(100),
  job_completion_trigger_condition: clearable(completion),
  cost_optimization_features: filledTexts(bodyTextList(100, 255)),
  stratus: documentPart(strictMapping({ id, engine: engineKind.nullable().optional() })),
})
export type JobBody = z.infer<typeof jobBody>

function filledTexts(list: z.ZodType<string[] | undefined>) {
  return list.refine((texts) => texts?.every((text) => text.trim() !== '') ?? true, {
    error: 'Expected no empty text in the list.',
  })
}
