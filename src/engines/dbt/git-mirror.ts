import { createHash } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Git } from './git-program.ts'
import type { Checkout } from './run.ts'
import { StepFailure } from './step-failure.ts'

export interface Revision {
  readonly branch?: string
  readonly sha?: string
}

const refspecs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']

/** One per address, fetched before each run and never cloned anew. */
export function mirrorFolder(dataDir: string, url: string): string {
  return path.join(dataDir, 'git', `${createHash('sha256').update(url).digest('hex').slice(0, 24)}.git`)
}

/** Makes the mirror hold what its origin holds now, unless the wanted commit is there already. */
export async function updateMirror(
  git: Git,
  mirror: string,
  url: string,
  { sha }: Revision,
  onProgress: (line: string) => void,
): Promise<void> {
  const exists = await stat(mirror).then(
    () => true,
    () => false,
  )
  if (!exists) return createMirror(git, mirror, url, onProgress)
  if (sha !== undefined && (await resolveCommit(git, mirror, sha)) !== undefined) return
  await fetch(git, mirror, url, onProgress)
}

/** The commit to check out. */
export async function findRevision(git: Git, mirror: string, url: string, revision: Revision): Promise<Checkout> {
  if (revision.sha !== undefined) return findCommit(git, mirror, url, revision.sha, revision.branch ?? null)
  const branch = revision.branch ?? (await defaultBranch(git, url))
  for (const ref of [`refs/remotes/origin/${branch}`, `refs/tags/${branch}`]) {
    const sha = await resolveCommit(git, mirror, ref)
    if (sha !== undefined) return { sha, branch }
  }
  throw new StepFailure(`There is no branch '${branch}' in ${url}.`)
}

/** In a folder beside first: a mirror that is there is whole. */
async function createMirror(git: Git, mirror: string, url: string, onProgress: (line: string) => void): Promise<void> {
  const partial = `${mirror}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(path.dirname(mirror), { recursive: true, mode: 0o700 })
  const made = await git.ask(['init', '--quiet', '--bare', '--', partial])
  if (!made.succeeded) throw new StepFailure(`The folder for ${url} could not be made: ${made.reason}`)
  try {
    await fetch(git, partial, url, onProgress)
    await rename(partial, mirror)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

async function fetch(git: Git, mirror: string, url: string, onProgress: (line: string) => void): Promise<void> {
  const args = ['--git-dir', mirror, 'fetch', '--prune', '--force', '--no-tags', '--no-write-fetch-head']
  const fetched = await git.run([...args, '--', url, ...refspecs], onProgress)
  if (!fetched.succeeded) throw new StepFailure(`The git repository ${url} could not be read: ${fetched.reason}`)
}

async function findCommit(
  git: Git,
  mirror: string,
  url: string,
  wanted: string,
  branch: string | null,
): Promise<Checkout> {
  if (!/^[0-9a-f]{4,64}$/i.test(wanted)) throw new StepFailure(`'${wanted}' is not the id of a commit.`)
  const known = await resolveCommit(git, mirror, wanted)
  if (known !== undefined) return { sha: known, branch }
  // A commit that no branch holds, as of a pull request, can be had by its full id.
  await git.run(['--git-dir', mirror, 'fetch', '--no-tags', '--no-write-fetch-head', '--', url, wanted])
  const fetched = await resolveCommit(git, mirror, wanted)
  if (fetched === undefined) throw new StepFailure(`There is no commit ${wanted} in ${url}.`)
  return { sha: fetched, branch }
}

async function defaultBranch(git: Git, url: string): Promise<string> {
  const { stdout } = await git.run(['ls-remote', '--symref', '--', url, 'HEAD'])
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(stdout)?.[1]
  if (branch === undefined) throw new StepFailure(`The git repository ${url} has no default branch; name one.`)
  return branch
}

async function resolveCommit(git: Git, mirror: string, name: string): Promise<string | undefined> {
  const args = ['--git-dir', mirror, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { succeeded, stdout } = await git.ask(args)
  return succeeded ? stdout.trim() : undefined
}
