import { localPathOfGitUrl } from '../../../domain/git/git-url.ts'
import { detailProblems, knownDetail } from '../../projects/detail-policy.ts'
import {
  type ApplyPolicy,
  folderProblem,
  knownUser,
  programProblem,
  userProblem,
} from '../../projects/machine-policy.ts'
import type { EnvironmentDocument } from '../schema/environment-schema.ts'
import { type DocumentPath, type Problem, problem } from '../schema/problem.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

/** `known`: the folders, addresses and programs that the account has already. They may stay, as a change by the API leaves them. */
export async function policyProblems(
  document: StratusDocument,
  policy: ApplyPolicy,
  known: ReadonlySet<string> = new Set(),
): Promise<Problem[]> {
  const problems: Problem[] = []
  const add = (at: DocumentPath, message: string | undefined) => {
    if (message !== undefined) problems.push(problem(at, message))
  }
  for (const [index, project] of document.projects.entries()) {
    const at: DocumentPath = ['projects', index]
    if (project.path && !known.has(project.path)) add([...at, 'path'], await folderProblem(project.path, policy))
    const repository = project.git && !known.has(project.git.url) && localPathOfGitUrl(project.git.url)
    if (repository) add([...at, 'git', 'url'], await folderProblem(repository, policy))
    for (const [position, environment] of (project.environments ?? []).entries()) {
      const where = [...at, 'environments', position]
      await addDetails(where, environment)
      const command = environment.dbt?.command
      if (command && !known.has(command)) add([...where, 'dbt', 'command'], programProblem(command, policy))
      const user = environment.run_as
      if (user && !known.has(knownUser(user))) add([...where, 'run_as'], userProblem(user, policy))
    }
  }
  return problems

  async function addDetails(at: DocumentPath, { connection, credentials }: EnvironmentDocument): Promise<void> {
    const { name: _name, type: adapter, ...details } = connection ?? {}
    for (const [part, given] of Object.entries({ connection: details, credentials: credentials ?? {} })) {
      const kept = Object.entries(given).filter(([name, value]) => !known.has(knownDetail(adapter, name, value)))
      const isKnown = part === 'credentials' || known.has(knownDetail(adapter, 'type', adapter))
      const found = await detailProblems(
        { adapter, details: Object.fromEntries(kept), hidden: part === 'credentials' },
        policy,
        { adapter: isKnown ? adapter : undefined, details: {} },
      )
      for (const [key, message] of found) add([...at, part, key], message)
    }
  }
}
