import * as z from 'zod'
import { variableName as documentName } from '../../definitions/stratus-yml/schema/environment-variables-schema.ts'
import { isStorable } from '../../util/text/storable-text.ts'
import { bodyId, bodyOneOf, bodyState, clearableId } from '../inputs/clearable-fields.ts'

const longest = 100_000

/** Names as stratus.yml has them: nothing that would change which program runs. */
export const variableName = z.string({ error: 'Expected the name of a variable.' }).superRefine((name, context) => {
  const parsed = documentName.safeParse(name)
  for (const { message } of parsed.error?.issues ?? []) {
    context.addIssue({ code: 'custom', message: `Expected ${message}.` })
  }
})

/** It is text; numbers and booleans become what dbt would read. */
export const variableValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'Expected text.' })
  .transform(String)
  .refine((text) => text.length <= longest && isStorable(text), {
    error: `Expected at most ${longest} characters, without NUL.`,
  })

/** This is one variable of a project, of an environment or of a job. */
export const variableBody = z.object({
  id: bodyId(),
  project_id: bodyId(),
  name: variableName.nullish(),
  type: bodyOneOf(['project', 'environment', 'job', 'user']),
  environment_id: clearableId(),
  job_definition_id: clearableId(),
  raw_value: variableValue.nullish(),
  display_value: variableValue.nullish(),
  state: bodyState(),
})
export type VariableBody = z.infer<typeof variableBody>

/** Two fields may carry the value: dbt-jobs-as-code sends a null `display_value` beside the real one. */
export function givenValueOf(body: VariableBody): string | undefined {
  return body.raw_value ?? body.display_value ?? undefined
}
