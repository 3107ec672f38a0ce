import path from 'node:path'
import type { CommandPolicy } from '../../domain/dbt-command/command-place.ts'
import { isBelow } from '../../util/files/is-below.ts'

/** Limits what a document may name on this machine, so that whoever may apply one has no shell here. */
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
  /** Says where dbt looks for profiles.yml before it looks in the project, if it does. */
  readonly profilesDir?: string | undefined
}

/** Says why a folder may not be named, if so. */
export async function folderProblem(folder: string, policy: ApplyPolicy): Promise<string | undefined> {
  if (!path.isAbsolute(folder)) return `got ${JSON.stringify(folder)}, expected an absolute path`
  if (policy.unrestricted || (await isBelow(folder, policy.projectRoots))) return undefined
  return `got ${JSON.stringify(folder)}, expected ${allowedFolders(policy.projectRoots)}`
}

/** The same for a program that environments have in place of dbt. */
export function programProblem(command: string, policy: ApplyPolicy): string | undefined {
  if (policy.unrestricted || command === 'dbt' || policy.dbtCommands.includes(command)) return undefined
  return `got ${JSON.stringify(command)}, expected ${allowedCommands(policy.dbtCommands)}`
}

/** The same for a user that runs are of. */
export function userProblem(user: string, policy: ApplyPolicy): string | undefined {
  if (policy.unrestricted || policy.dbtUsers.includes(user)) return undefined
  return `got ${JSON.stringify(user)}, expected ${allowedUsers(policy.dbtUsers)}`
}

/** Says how a user stands among what an account has already: no program of the same name is meant. */
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
