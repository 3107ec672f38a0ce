import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { readForeign } from '../../../util/files/open-foreign.ts'
import { StepFailure } from '../../steps/step-failure.ts'
import { DamagedMirror, type Mirror } from './git-mirror.ts'
import { assertMeasured } from './measure-commit.ts'

/**
 * The files of a commit, at a path that stays. It borrows all objects from a mirror, so that it costs little and can
 * be made anew at any time.
 */
export interface WorkingCopy {
  /** git keeps what it needs in this folder. */
  readonly repository: string
  readonly files: string
}

/** The fault is not the copy's or its mirror's, but the machine's or the commit's: making them anew would not help. */
const otherFaults =
  /No space left|quota exceeded|Permission denied|Read-only file system|Too many open files|File name too long|^invalid path/

/** A program that `.gitattributes` and git's configuration name is missing, or fails. */
const filterFault = /: not found$|filter .* failed|hung up unexpectedly/

/**
 * Brings the tracked files to the commit, whatever they were before. What git cannot mend is made anew. The run must
 * hold the mirror and the copy.
 */
export async function bringToCommit(mirror: Mirror, copy: WorkingCopy, sha: string): Promise<void> {
  const isNew = !(await borrowsFrom(mirror, copy))
  if (isNew) await makeAnew(mirror, copy)
  const first = await checkOut(mirror, copy, sha)
  if (first === undefined) return
  if (!isNew) {
    mirror.say(`The checkout is damaged (${first}): it is made anew.`)
    await makeAnew(mirror, copy)
  }
  const second = isNew ? first : await checkOut(mirror, copy, sha)
  if (second === undefined) return
  mirror.say('Failed to checkout to specified revision.')
  throw new DamagedMirror(second)
}

/** Removes what earlier runs left: everything that is not of the commit, but for the folders to keep. */
export async function removeLeftovers(mirror: Mirror, copy: WorkingCopy, kept: readonly string[]): Promise<void> {
  const inside = kept
    .map((folder) => path.relative(copy.files, folder))
    .filter((folder) => folder !== '' && !folder.startsWith('..'))
  const exceptions = inside.flatMap((folder) => ['-e', `/${folder.replace(/[\\*?[!#\s]/g, '\\$&')}`])
  const cleaned = await mirror.git.ask([...within(copy), 'clean', '-ffdxq', ...exceptions])
  if (!cleaned.succeeded)
    throw new StepFailure(`What earlier runs left in ${copy.files} could not be removed: ${cleaned.reason}`)
}

/** Lets every other program that looks for a repository find this one, too. */
export async function announce({ git, hands }: Mirror, { repository, files }: WorkingCopy): Promise<void> {
  const link = path.join(files, '.git')
  // Relative, so that both may be moved.
  const content = `gitdir: ${path.relative(files, repository)}`
  if ((await readText(link)) === content) return
  await git.ask(['--git-dir', repository, 'config', 'core.worktree', path.relative(repository, files)])
  await hands.writeInside(link, `${content}\n`)
}

/** The arguments that make git work on this copy, wherever it stood when it was made. */
export function within({ repository, files }: WorkingCopy): string[] {
  return ['--git-dir', repository, '--work-tree', files]
}

/** Answers git's reason when it failed. */
async function checkOut(mirror: Mirror, copy: WorkingCopy, sha: string): Promise<string | undefined> {
  const { git, hands, say } = mirror
  // A git that was killed left it; nobody else can be at work here.
  const lock = path.join(copy.repository, 'index.lock')
  if (await lstat(lock).catch(() => undefined)) await hands.removeInside(lock)
  const args = [...within(copy), 'checkout', '--quiet', '--force', '--detach', sha]
  // At the same commit there is little to do, too little to start a guardian for it.
  const head = await readText(path.join(copy.repository, 'HEAD'))
  const same = head === sha
  if (!same) await assertMeasured(mirror, copy.repository, sha, head)
  const done = same ? await git.ask(args) : await git.run(args, say)
  if (done.succeeded) return undefined
  const isOfFilter = filterFault.test(done.reason)
  const cure = '. Is the program installed, such as git-lfs, that .gitattributes leaves files to?'
  if (isOfFilter || otherFaults.test(done.reason))
    throw new StepFailure(
      `Commit ${sha} could not be checked out into ${copy.files}: ${done.reason}${isOfFilter ? cure : ''}`,
    )
  return done.reason
}

async function borrowsFrom(mirror: Mirror, copy: WorkingCopy): Promise<boolean> {
  return (await readText(lendersOf(copy))) === path.join(mirror.folder, 'objects')
}

async function makeAnew(mirror: Mirror, copy: WorkingCopy): Promise<void> {
  for (const folder of [copy.repository, copy.files]) await mirror.hands.removeInside(folder)
  for (const folder of [copy.repository, copy.files]) await mirror.hands.makeFolderInside(folder)
  const made = await mirror.git.ask([...within(copy), 'init', '--quiet', '--template='])
  if (!made.succeeded) throw new StepFailure(`The checkout ${copy.files} could not be made: ${made.reason}`)
  await mirror.hands.writeInside(lendersOf(copy), `${path.join(mirror.folder, 'objects')}\n`)
}

function lendersOf({ repository }: WorkingCopy): string {
  return path.join(repository, 'objects', 'info', 'alternates')
}

async function readText(file: string): Promise<string | undefined> {
  const text = await readForeign(file, { maxBytes: 64 * 1024 }).catch(() => undefined) // not there yet, or damaged
  return text?.toString().trim()
}
