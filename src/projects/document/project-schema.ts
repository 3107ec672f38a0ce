import * as z from 'zod'
import { gitUrlProblem } from '../../domain/git-url.ts'
import { environmentSchema } from './environment-schema.ts'
import { environmentVariables } from './environment-variables-schema.ts'
import { filledText, id, mapping, name, text } from './schema-parts.ts'

const gitUrl = filledText.superRefine((url, context) => {
  const problem = gitUrlProblem(url)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

export const subdirectory = filledText.refine(
  (folder) => !/^[/~]|^[A-Za-z]:|\\/.test(folder) && !folder.split('/').includes('..'),
  {
    error: 'a folder below the root of the project, without ".."',
  },
)

/** git reads a leading "-" as an option. */
export const branch = filledText.refine((value) => !value.startsWith('-') && !/[\s~^:?*[\\]/.test(value), {
  error: 'the name of a branch',
})

export const projectSchema = mapping({
  id,
  name,
  description: text().nullish(),
  path: filledText.nullish(),
  git: mapping({ url: gitUrl, branch: branch.nullish() }).nullish(),
  subdirectory: subdirectory.nullish(),
  environment_variables: environmentVariables,
  environments: z.array(environmentSchema, { error: 'a list of environments' }).nullish(),
})

export type ProjectDocument = z.infer<typeof projectSchema>
