import { InvalidRequestError } from '../../domain/errors.ts'
import { lookAtFolders } from '../stratus-yml/look/look-at-folders.ts'
import { pathText } from '../stratus-yml/schema/problem.ts'
import { type ApplyPolicy, policyProblems } from './machine-policy.ts'

/** What a single project or environment names on this machine. */
interface Named {
  readonly path?: string | null
  readonly gitUrl?: string | null
  readonly dbtCommand?: string | null
  readonly runAs?: string | null
}

/** Throws InvalidRequestError for a folder, a program or a user that the policy does not allow or that is nowhere, as for a whole document. */
export async function assertAllowed(policy: ApplyPolicy, { path, gitUrl, dbtCommand, runAs }: Named): Promise<void> {
  const ofEnvironment = { ...(dbtCommand && { dbt: { command: dbtCommand } }), ...(runAs && { run_as: runAs }) }
  const isEnvironment = Object.keys(ofEnvironment).length > 0
  const project = {
    name: 'project',
    ...(path && { path }),
    ...(gitUrl && { git: { url: gitUrl } }),
    ...(isEnvironment && { environments: [{ name: 'environment', ...ofEnvironment }] }),
  }
  const document = { projects: [project] }
  const refused = await policyProblems(document, policy)
  const missing = refused.length === 0 && policy.executesHere ? (await lookAtFolders(document)).folders : []
  const problems = [...refused, ...missing]
  if (problems.length === 0) return
  const fields = Object.fromEntries(
    problems.map(({ path: where, message }) => [`stratus.${pathText(where.slice(isEnvironment ? 4 : 2))}`, message]),
  )
  throw new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}
