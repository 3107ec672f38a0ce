import * as z from 'zod'
import { gitUrlProblem } from '../../../domain/git/git-url.ts'
import { environmentSchema } from './environment-schema.ts'
import { environmentVariables } from './environment-variables-schema.ts'
import { branch, filledText, id, line, mapping, name, text } from './schema-parts.ts'

const gitUrl = filledText.superRefine((url, context) => {
  const problem = gitUrlProblem(url)
  if (problem) context.addIssue({ code: 'custom', message: problem })
})

export const subdirectory = line.refine(
  (folder) => !/^[/~]|^[A-Za-z]:|\\/.test(folder) && !folder.split('/').includes('..'),
  {
    error: 'a folder below the root of the project, without ".."',
  },
)

export const projectSchema = mapping({
  id,
  name,
  description: text().nullish(),
  path: line.nullish(),
  git: mapping({ url: gitUrl, branch: branch.nullish() }).nullish(),
  subdirectory: subdirectory.nullish(),
  environment_variables: environmentVariables,
  environments: z.array(environmentSchema, { error: 'a list of environments' }).nullish(),
})

export type ProjectDocument = z.infer<typeof projectSchema>
