import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { pythonOfDbt } from '../profiles/choice/python-of-dbt.ts'
import { findOnPath, isFile } from '../program/find-on-path.ts'
import type { AllowedUser } from './run-user.ts'
import { userHands } from './user-hands.ts'

/** The programs and folders of this machine that a run needs. */
export interface Needs {
  /** They are named by name or absolute path; those that are not there at all are for others to miss. */
  readonly programs: readonly string[]
  /** PATH of the runs. */
  readonly searchPath: string
  /** The folders are absolute. */
  readonly folders: readonly string[]
}

/** Says why the user cannot run dbt here, a sentence for each reason, with what to do. */
export async function obstaclesOf(user: AllowedUser, { programs, searchPath, folders }: Needs): Promise<string[]> {
  const who = `The user ${user.name} that dbt runs as`
  const reasons = await Promise.all([
    ...programs.map(async (program) => {
      const file = program.includes('/') ? program : await findOnPath(program, searchPath)
      const shut = file && (await shutOfProgram(user, file, searchPath))
      if (!shut) return []
      const cure =
        'Let it pass and execute there (chmod o+x), or install the program where that user may go, such as below /opt'
      return [`${who} cannot execute ${file}: ${shut} is shut to it. ${cure}.`]
    }),
    ...folders.map(async (folder) => {
      const shut = await firstShut(user, folder)
      if (shut === undefined) return []
      return [`${who} cannot enter ${folder}: ${shut} is shut to it. Let it pass there (chmod o+x, chown or setfacl).`]
    }),
  ])
  return reasons.flat()
}

/** The first part of a path, links followed, that the user cannot enter or execute; undefined where all are open, or it is not there. */
export async function firstShut(user: AllowedUser, place: string): Promise<string | undefined> {
  const { may } = userHands(user)
  for (const one of [place, await realpath(place).catch(() => place)]) {
    for (const part of partsOf(one)) if (!(await may('enter', part))) return part
  }
  return undefined
}

async function shutOfProgram(user: AllowedUser, file: string, searchPath: string): Promise<string | undefined> {
  if (!(await isFile(file))) return undefined
  const python = await pythonOfDbt(file, searchPath)
  return (await firstShut(user, file)) ?? (python && (await firstShut(user, python)))
}

function partsOf(place: string): string[] {
  return place.split(path.sep).map((_, index, parts) => parts.slice(0, index + 1).join(path.sep) || path.sep)
}
