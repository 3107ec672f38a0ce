import * as z from 'zod'
import { documentProblems } from '../../definitions/stratus-yml/schema/document-rules.ts'
import { environmentSchema } from '../../definitions/stratus-yml/schema/environment-schema.ts'
import { bodyBoolean, bodyBranch, plainBodyName } from '../inputs/body-values.ts'
import {
  bodyId,
  bodyName,
  bodyOneOf,
  bodyState,
  clearable,
  clearableId,
  documentPart,
} from '../inputs/clearable-fields.ts'

/** dbt Cloud has no field for these settings of stratus.yml. */
const stratusPart = documentPart(
  environmentSchema.omit({
    name: true,
    type: true,
    deployment_type: true,
    dbt_version: true,
    custom_branch: true,
    environment_variables: true,
    simulation: true,
    jobs: true,
  }),
).superRefine((given, context) => {
  const document = { projects: [{ name: 'project', path: null, environments: [{ name: 'environment', ...given }] }] }
  for (const { path, message } of documentProblems(document)) {
    context.addIssue({ code: 'custom', path: path.slice(4), message: `${message.replace(/^got .*?, e/, 'E')}.` })
  }
})

/** An environment as clients send it, in v2 and v3 alike; what else they send back of what they read is ignored. */
export const environmentBody = z.object({
  id: bodyId(),
  project_id: bodyId(),
  name: bodyName(),
  state: bodyState(),
  type: bodyOneOf(['deployment', 'development']),
  deployment_type: clearable(bodyOneOf(['production', 'staging'])),
  dbt_version: clearable(plainBodyName()),
  use_custom_branch: bodyBoolean(),
  custom_branch: clearable(bodyBranch()),
  connection_id: clearableId(),
  credentials_id: clearableId(),
  stratus: stratusPart,
})
export type EnvironmentBody = z.infer<typeof environmentBody>
