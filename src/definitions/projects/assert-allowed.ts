import { InvalidRequestError } from '../../domain/errors.ts'
import { localPathOfGitUrl } from '../../domain/git/git-url.ts'
import { type ApplyPolicy, folderProblem, programProblem, userProblem } from './machine-policy.ts'
import { missingFolder } from './missing-folder.ts'

/** A single project or environment names these on this machine. */
interface Named {
  readonly path?: string | null
  readonly gitUrl?: string | null
  readonly dbtCommand?: string | null
  readonly runAs?: string | null
}

/** Throws InvalidRequestError for a folder, a program or a user that the policy does not allow or that is nowhere, as for a whole document. */
export async function assertAllowed(policy: ApplyPolicy, { path, gitUrl, dbtCommand, runAs }: Named): Promise<void> {
  const folders = [
    { key: 'path', folder: path },
    { key: 'git.url', folder: gitUrl ? localPathOfGitUrl(gitUrl) : undefined },
  ].flatMap(({ key, folder }) => (folder ? [{ key, folder }] : []))
  const problemsOf = (find: (folder: string) => Promise<string | undefined>) =>
    Promise.all(folders.map(async ({ key, folder }) => ({ key, message: await find(folder) })))
  const refused = problemsIn([
    ...(await problemsOf((folder) => folderProblem(folder, policy))),
    { key: 'dbt.command', message: dbtCommand ? programProblem(dbtCommand, policy) : undefined },
    { key: 'run_as', message: runAs ? userProblem(runAs, policy) : undefined },
  ])
  const problems = refused.length === 0 && policy.executesHere ? problemsIn(await problemsOf(missingFolder)) : refused
  if (problems.length === 0) return
  const fields = Object.fromEntries(problems.map(({ key, message }) => [`stratus.${key}`, message]))
  throw new InvalidRequestError(Object.values(fields).join('\n'), { fields })
}

function problemsIn(
  found: readonly { key: string; message: string | undefined }[],
): { key: string; message: string }[] {
  return found.flatMap(({ key, message }) => (message === undefined ? [] : [{ key, message }]))
}
