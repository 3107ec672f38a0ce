import * as z from 'zod'
import { projectSchema } from './project-schema.ts'
import { id, integer, mapping, name } from './schema-parts.ts'

/** `stratus.yml`, and what goes over the wire once `from_env` is resolved. Absent and null keys mean their defaults. */
export const stratusDocument = mapping({
  account: mapping({ id, name: name.nullish(), run_slots: integer(1).nullish() }).nullish(),
  projects: z.array(projectSchema, { error: 'a list of projects' }),
})

export type StratusDocument = z.infer<typeof stratusDocument>
