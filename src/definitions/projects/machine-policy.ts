import path from 'node:path'
import type { CommandPolicy } from '../../domain/dbt-command/command-place.ts'
import { localPathOfGitUrl } from '../../domain/git/git-url.ts'
import { isBelow } from '../../util/files/is-below.ts'
import { type DocumentPath, type Problem, problem } from '../stratus-yml/schema/problem.ts'
import type { StratusDocument } from '../stratus-yml/schema/stratus-document.ts'
import { detailProblems, knownDetail } from './detail-policy.ts'

/** What a document may name on this machine, so that whoever may apply one has no shell here. */
export interface ApplyPolicy extends CommandPolicy {
  readonly dbtCommands: readonly string[]
  /** Adapters, and keys of adapters as `adapter.key`, that connections may have besides those that are known to be safe. */
  readonly allowedDetails?: readonly string[]
  /** Users of the operating system that runs may be of. */
  readonly dbtUsers: readonly string[]
  /** The document is of the user who runs this process: any folder and any program. */
  readonly unrestricted: boolean
  /** No other machine executes runs of this server: a folder that is not here is nowhere. */
  readonly executesHere?: boolean
  /** Where dbt looks for profiles.yml before it looks in the project, if it does. */
  readonly profilesDir?: string | undefined
}

/** `known`: the folders, addresses and programs that the account has already. They may stay, as a change by the API leaves them. */
export async function policyProblems(
  document: StratusDocument,
  policy: ApplyPolicy,
  known: ReadonlySet<string> = new Set(),
): Promise<Problem[]> {
  const problems: Problem[] = []
  for (const [index, project] of document.projects.entries()) {
    const at: DocumentPath = ['projects', index]
    if (project.path && !known.has(project.path)) {
      problems.push(...(await folderProblems([...at, 'path'], project.path)))
    }
    const repository = project.git && !known.has(project.git.url) && localPathOfGitUrl(project.git.url)
    if (repository) problems.push(...(await folderProblems([...at, 'git', 'url'], repository)))
    for (const [position, environment] of (project.environments ?? []).entries()) {
      const command = environment.dbt?.command
      const { name: _name, type: adapter, ...details } = environment.connection ?? {}
      for (const [part, given] of Object.entries({ connection: details, credentials: environment.credentials ?? {} })) {
        const kept = Object.entries(given).filter(([name, value]) => !known.has(knownDetail(adapter, name, value)))
        const isKnown = part === 'credentials' || known.has(knownDetail(adapter, 'type', adapter))
        const found = await detailProblems(
          { adapter, details: Object.fromEntries(kept), hidden: part === 'credentials' },
          policy,
          { adapter: isKnown ? adapter : undefined, details: {} },
        )
        for (const [key, message] of found)
          problems.push(problem([...at, 'environments', position, part, key], message))
      }
      if (command) problems.push(...commandProblems([...at, 'environments', position, 'dbt', 'command'], command))
      if (environment.run_as)
        problems.push(...userProblems([...at, 'environments', position, 'run_as'], environment.run_as))
    }
  }
  return problems

  async function folderProblems(at: DocumentPath, folder: string): Promise<Problem[]> {
    if (!path.isAbsolute(folder)) return [problem(at, `got ${JSON.stringify(folder)}, expected an absolute path`)]
    if (policy.unrestricted) return []
    if (await isBelow(folder, policy.projectRoots)) return []
    return [problem(at, `got ${JSON.stringify(folder)}, expected ${allowedFolders(policy.projectRoots)}`)]
  }

  function commandProblems(at: DocumentPath, command: string): Problem[] {
    if (policy.unrestricted || known.has(command) || command === 'dbt' || policy.dbtCommands.includes(command))
      return []
    return [problem(at, `got ${JSON.stringify(command)}, expected ${allowedCommands(policy.dbtCommands)}`)]
  }

  function userProblems(at: DocumentPath, user: string): Problem[] {
    if (policy.unrestricted || known.has(knownUser(user)) || policy.dbtUsers.includes(user)) return []
    return [problem(at, `got ${JSON.stringify(user)}, expected ${allowedUsers(policy.dbtUsers)}`)]
  }
}

/** How a user stands among what an account has already: no program of the same name is meant. */
export function knownUser(user: string): string {
  return `run_as\u0000${user}`
}

function allowedUsers(users: readonly string[]): string {
  return users.length === 0
    ? 'nothing: this server allows no user until STRATUS_DBT_USERS names some'
    : `one of ${users.join(', ')} (STRATUS_DBT_USERS of the server)`
}

function allowedFolders(roots: readonly string[]): string {
  return roots.length === 0
    ? 'a git address: this server allows no folders until STRATUS_PROJECT_ROOTS names some'
    : `a folder below ${roots.join(', ')} (STRATUS_PROJECT_ROOTS of the server)`
}

function allowedCommands(commands: readonly string[]): string {
  return commands.length === 0
    ? 'dbt: this server allows no other program until STRATUS_DBT_COMMANDS names it'
    : `dbt or one of ${commands.join(', ')} (STRATUS_DBT_COMMANDS of the server)`
}
