import { createHash } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Checkout } from '../run.ts'
import { StepFailure } from '../step-failure.ts'
import type { Git } from './git-program.ts'
import { removeStaleLocks } from './stale-locks.ts'

export interface Revision {
  readonly branch?: string
  readonly sha?: string
}

/** This machine's copy of a repository: fetched before each run and never cloned anew, as long as it is whole. */
export interface Mirror {
  readonly git: Git
  readonly folder: string
  readonly url: string
  say(line: string): void
}

/** The mirror is not what git wrote (a power cut, a full disk, a person): it can only be made anew. */
export class DamagedMirror extends Error {
  override readonly name = 'DamagedMirror'
}

const refspecs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']

/** The name of the mirror of an address, below `mirrorsFolder`. */
export function mirrorName(url: string): string {
  return `${createHash('sha256').update(url).digest('hex').slice(0, 24)}.git`
}

export function mirrorsFolder(dataDir: string): string {
  return path.join(dataDir, 'git')
}

/** Does the work with the mirror, and once more with a new one if it turns out to be damaged. The run must hold it. */
export async function withMirror<T>(mirror: Mirror, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DamagedMirror)) throw error
    mirror.say(`The local copy of ${mirror.url} is damaged (${error.message}): it is made anew.`)
  }
  await createMirror(mirror)
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DamagedMirror)) throw error
    throw new StepFailure(`The git repository ${mirror.url} is damaged: ${error.message}`)
  }
}

/** Makes the mirror hold what its origin holds now, unless the wanted commit is there already. */
export async function updateMirror(mirror: Mirror, { sha }: Revision): Promise<void> {
  const exists = await stat(mirror.folder).then(
    () => true,
    () => false,
  )
  if (!exists) return createMirror(mirror)
  if (sha !== undefined && (await resolveCommit(mirror, sha)) !== undefined) return
  const fetched = await fetch(mirror, mirror.folder)
  if (fetched.succeeded) return
  const locks = await removeStaleLocks(mirror.folder)
  if (locks > 0) {
    mirror.say(`Removed ${locks} ${locks === 1 ? 'lock' : 'locks'} that a git which was killed had left behind.`)
    if ((await fetch(mirror, mirror.folder)).succeeded) return
  }
  // When the origin answers, what is here must be the reason.
  const origin = await mirror.git.run(['ls-remote', '--quiet', '--', mirror.url, 'HEAD'])
  if (origin.succeeded) throw new DamagedMirror(fetched.reason)
  throw unreadable(mirror, origin.reason)
}

/** The commit to check out. */
export async function findRevision(mirror: Mirror, revision: Revision): Promise<Checkout> {
  if (revision.sha !== undefined) return findCommit(mirror, revision.sha, revision.branch ?? null)
  const branch = revision.branch ?? (await defaultBranch(mirror))
  for (const ref of [`refs/remotes/origin/${branch}`, `refs/tags/${branch}`]) {
    const sha = await resolveCommit(mirror, ref)
    if (sha !== undefined) return { sha, branch }
    if (await isNamed(mirror, ref)) throw new DamagedMirror(`the commit of ${branch} cannot be read`)
  }
  throw new StepFailure(`There is no branch '${branch}' in ${mirror.url}.`)
}

/** In a folder beside first: a mirror that is there is whole. */
async function createMirror(mirror: Mirror): Promise<void> {
  const { git, folder, url } = mirror
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 })
  const made = await git.ask(['init', '--quiet', '--bare', '--template=', '--', partial])
  if (!made.succeeded) throw new StepFailure(`The folder for ${url} could not be made: ${made.reason}`)
  try {
    const fetched = await fetch(mirror, partial)
    if (!fetched.succeeded) throw unreadable(mirror, fetched.reason)
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    throw error
  }
}

function fetch({ git, url, say }: Mirror, folder: string) {
  const args = ['--git-dir', folder, 'fetch', '--prune', '--force', '--no-tags', '--no-write-fetch-head']
  return git.run([...args, '--', url, ...refspecs], say)
}

function unreadable({ url }: Mirror, reason: string): StepFailure {
  return new StepFailure(`The git repository ${url} could not be read: ${reason}`)
}

async function findCommit(mirror: Mirror, wanted: string, branch: string | null): Promise<Checkout> {
  if (!/^[0-9a-f]{4,64}$/i.test(wanted)) throw new StepFailure(`'${wanted}' is not the id of a commit.`)
  const known = await resolveCommit(mirror, wanted)
  if (known !== undefined) return { sha: known, branch }
  const { git, folder, url } = mirror
  // A commit that no branch holds, as of a pull request, can be had by its full id.
  await git.run(['--git-dir', folder, 'fetch', '--no-tags', '--no-write-fetch-head', '--', url, wanted])
  const fetched = await resolveCommit(mirror, wanted)
  if (fetched === undefined) throw new StepFailure(`There is no commit ${wanted} in ${url}.`)
  return { sha: fetched, branch }
}

async function defaultBranch({ git, url }: Mirror): Promise<string> {
  const { stdout } = await git.run(['ls-remote', '--symref', '--', url, 'HEAD'])
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(stdout)?.[1]
  if (branch === undefined) throw new StepFailure(`The git repository ${url} has no default branch; name one.`)
  return branch
}

async function resolveCommit({ git, folder }: Mirror, name: string): Promise<string | undefined> {
  const args = ['--git-dir', folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { succeeded, stdout } = await git.ask(args)
  return succeeded ? stdout.trim() : undefined
}

/** True when there is such a ref, be its commit there or not. */
async function isNamed({ git, folder }: Mirror, ref: string): Promise<boolean> {
  return (await git.ask(['--git-dir', folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', ref])).succeeded
}
