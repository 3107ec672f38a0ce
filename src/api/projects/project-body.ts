import * as z from 'zod'
import { projectSchema, subdirectory } from '../../definitions/stratus-yml/schema/project-schema.ts'
import { id, mapping } from '../../definitions/stratus-yml/schema/schema-parts.ts'
import {
  bodyId,
  bodyName,
  bodyState,
  clearable,
  clearableId,
  clearableText,
  documentPart,
} from '../inputs/clearable-fields.ts'

const { path, git } = projectSchema.shape

const folder = z
  .string({ error: 'Expected text.' })
  .refine((text) => subdirectory.safeParse(text).success, {
    error: 'Expected a folder below the root of the project, without "..".',
  })
  .optional()

/** A project as clients send it, in v2 and v3 alike; what else they send back of what they read is ignored. */
export const projectBody = z.object({
  id: bodyId(),
  name: bodyName(),
  description: clearableText(),
  state: bodyState(),
  dbt_project_subdirectory: clearable(folder),
  connection_id: clearableId(),
  repository_id: clearableId(),
  stratus: documentPart(mapping({ id, path, git })),
})
export type ProjectBody = z.infer<typeof projectBody>
