import { createHash } from 'node:crypto'
import { rename, stat } from 'node:fs/promises'
import path from 'node:path'
import { isCommitId } from '../../../domain/git/commit-id.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import type { Checkout } from '../run.ts'
import type { Hands } from '../users/hands.ts'
import type { Git } from './git-program.ts'
import { removeStaleLocks } from './stale-locks.ts'

export interface Revision {
  readonly branch?: string
  readonly sha?: string
  /** The commit need not be held by a branch or a tag of the origin. */
  readonly anyCommit?: boolean
}

export type NamedRevision = Revision & ({ readonly sha: string } | { readonly sha?: never; readonly branch: string })

/** This machine keeps its copy of a repository: it is fetched before each run and never cloned anew, as long as it is whole. */
export interface Mirror {
  readonly git: Git
  readonly hands: Hands
  readonly folder: string
  readonly url: string
  say(line: string): void
}

/** The mirror is not what git wrote (a power cut, a full disk, a person): it can only be made anew. */
export class DamagedMirror extends Error {
  override readonly name = 'DamagedMirror'
}

const refspecs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']

/** The name of a user's mirror of an address, below `mirrorsFolder`. Users share none: what one may read, another may not. */
export function mirrorName(url: string, { user }: Hands): string {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 24)
  return `${hash}${user === undefined ? '' : `-user-${user.uid}`}.git`
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

/** Makes the mirror hold what its origin holds now, unless the wanted commit is there already and may be any. */
export async function updateMirror(mirror: Mirror, { sha, anyCommit = false }: Revision): Promise<void> {
  const exists = await stat(mirror.folder).then(
    () => true,
    () => false,
  )
  if (!exists) return createMirror(mirror)
  if (anyCommit && sha !== undefined && (await resolveCommit(mirror, sha)) !== undefined) return
  const fetched = await fetch(mirror, mirror.folder)
  if (fetched.succeeded) return
  const locks = await removeStaleLocks(mirror.folder, mirror.hands)
  if (locks > 0) {
    mirror.say(`Removed ${locks} ${locks === 1 ? 'lock' : 'locks'} that a git which was killed had left behind.`)
    if ((await fetch(mirror, mirror.folder)).succeeded) return
  }
  // When the origin answers, what is here must be the reason.
  const origin = await mirror.git.run(['ls-remote', '--quiet', '--', mirror.url, 'HEAD'])
  if (origin.succeeded) throw new DamagedMirror(fetched.reason)
  throw unreadable(mirror, origin.reason)
}

/** The revision with the origin's default branch where it names nothing. */
export async function namedRevision(mirror: Mirror, revision: Revision): Promise<NamedRevision> {
  const { sha, branch } = revision
  if (sha !== undefined) return { ...revision, sha }
  return { ...revision, branch: branch ?? (await defaultBranch(mirror)) }
}

/** The commit to check out of a mirror that was updated. */
export async function findRevision(mirror: Mirror, revision: NamedRevision): Promise<Checkout> {
  if (revision.sha !== undefined) return findCommit(mirror, revision.sha, revision)
  const { branch } = revision
  const sha = await commitOfName(mirror, branch)
  if (sha !== undefined) return { sha, branch }
  throw new StepFailure(`There is no branch '${branch}' in ${mirror.url}.`)
}

/** It is made in a folder beside first: a mirror that is there is whole. */
async function createMirror(mirror: Mirror): Promise<void> {
  const { git, hands, folder, url } = mirror
  const partial = `${folder}.partial`
  await hands.remove(partial)
  await hands.makeFolder(partial)
  const made = await git.ask(['init', '--quiet', '--bare', '--template=', '--', partial])
  if (!made.succeeded) throw new StepFailure(`The folder for ${url} could not be made: ${made.reason}`)
  try {
    const fetched = await fetch(mirror, partial)
    if (!fetched.succeeded) throw unreadable(mirror, fetched.reason)
    await hands.remove(folder)
    await rename(partial, folder)
  } catch (error) {
    await hands.remove(partial)
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

async function findCommit(mirror: Mirror, wanted: string, { branch, anyCommit = false }: Revision): Promise<Checkout> {
  if (!isCommitId(wanted)) throw new StepFailure(`'${wanted}' is not the id of a commit.`)
  const known = await commitOfId(mirror, wanted.toLowerCase())
  const { git, folder, url } = mirror
  if (!anyCommit) {
    if (known !== undefined && (await isHeld(mirror, known))) return { sha: known, branch: branch ?? null }
    // On a server that hosts forks, everybody's commits can be had by their ids from the repository they were forked from.
    const others = 'Others are run only by CI jobs, in environments that are not production.'
    throw new StepFailure(`No branch or tag of ${url} holds the commit ${wanted}. ${others}`)
  }
  if (known !== undefined) return { sha: known, branch: branch ?? null }
  // A commit that no branch holds, as of a pull request, can be had by its full id.
  await git.run(['--git-dir', folder, 'fetch', '--no-tags', '--no-write-fetch-head', '--', url, wanted])
  const fetched = await resolveCommit(mirror, wanted)
  if (fetched === undefined) throw new StepFailure(`There is no commit ${wanted} in ${url}.`)
  return { sha: fetched, branch: branch ?? null }
}

/** It is true when the commit belongs to a branch or a tag that the origin had when the mirror was last updated. */
async function isHeld({ git, folder }: Mirror, sha: string): Promise<boolean> {
  const args = ['--git-dir', folder, 'for-each-ref', '--count=1', '--format=%(refname)', `--contains=${sha}`]
  // Guarded and not asked: the whole history may have to be walked.
  const found = await git.run([...args, 'refs/remotes/origin', 'refs/tags'])
  if (!found.succeeded) throw new DamagedMirror(found.reason)
  return found.stdout.trim() !== ''
}

async function defaultBranch(mirror: Mirror): Promise<string> {
  const { git, url } = mirror
  // Asked and not guarded: a guardian costs more than the question.
  const { succeeded, stdout, reason } = await git.ask(['ls-remote', '--symref', '--', url, 'HEAD'])
  if (!succeeded) throw unreadable(mirror, reason)
  const branch = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(stdout)?.[1]
  if (branch === undefined) throw new StepFailure(`The git repository ${url} has no default branch; name one.`)
  return branch
}

/** A branch or a tag may be called like the first digits of another commit, and git would take it first. */
async function commitOfId(mirror: Mirror, id: string): Promise<string | undefined> {
  const named = await resolveCommit(mirror, id)
  if (named === undefined || named.startsWith(id) || id.length >= 40) return named
  const { stdout } = await mirror.git.ask(['--git-dir', mirror.folder, 'rev-parse', `--disambiguate=${id}`])
  const objects = stdout.split('\n').filter((object) => object !== '')
  const commits = await Promise.all(objects.slice(0, 10).map((object) => resolveCommit(mirror, object)))
  const own = commits.filter((commit) => commit?.startsWith(id))
  return own.length === 1 ? own[0] : undefined
}

async function resolveCommit({ git, folder }: Mirror, name: string): Promise<string | undefined> {
  const args = ['--git-dir', folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { succeeded, stdout } = await git.ask(args)
  return succeeded ? stdout.trim() : undefined
}

/**
 * The commit of the branch, else the tag, of just that name; undefined when there is neither. Without being asked so, git takes
 * much else for a commit: `anything-gabcdef0` for the one whose id begins with abcdef0.
 */
async function commitOfName(mirror: Mirror, name: string): Promise<string | undefined> {
  const { git, folder, url } = mirror
  const refs = [`refs/remotes/origin/${name}`, `refs/tags/${name}`]
  const format = '--format=%(refname) %(objectname) %(objecttype) %(*objecttype)'
  const { succeeded, stdout, reason } = await git.ask(['--git-dir', folder, 'for-each-ref', format, '--', ...refs])
  if (!succeeded) throw new DamagedMirror(reason)
  const found = stdout.split('\n').map((line) => line.split(' '))
  const [ref, object, type, tagged] = refs.flatMap((each) => found.filter(([one]) => one === each))[0] ?? []
  if (ref === undefined || type === 'commit') return object
  const sha = type === 'tag' ? await resolveCommit(mirror, ref) : undefined
  if (sha !== undefined) return sha
  if (tagged === 'commit') throw new DamagedMirror(`the commit of ${name} cannot be read`)
  throw new StepFailure(`'${name}' of ${url} is a ${tagged || type} and not a commit.`)
}
