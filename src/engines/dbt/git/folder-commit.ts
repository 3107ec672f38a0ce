import { stat } from 'node:fs/promises'
import path from 'node:path'
import { readForeign } from '../../../util/files/open-foreign.ts'
import type { Checkout } from '../run.ts'

/** Repositories with very many branches and tags have several of them packed into one file. */
const maxBytes = 64 * 1024 * 1024

/**
 * The commit of a folder that happens to be a git checkout. It is read from git's files and not asked of git, which takes
 * longer than all else that stands before dbt's start. Whatever is not understood means that it is not known.
 */
export async function folderCommit(folder: string): Promise<Checkout | undefined> {
  const gitDir = await findGitDir(folder)
  const head = gitDir && (await readText(path.join(gitDir, 'HEAD')))
  if (gitDir === undefined || head === undefined) return undefined
  const ref = /^ref: (.+)$/.exec(head)?.[1]
  if (ref === undefined) return checkoutOf(head, null)
  // A worktree keeps its HEAD for itself and shares the branches.
  const common = path.resolve(gitDir, (await readText(path.join(gitDir, 'commondir'))) ?? '.')
  const sha = (await readText(path.join(common, ref))) ?? (await packedRef(common, ref))
  return checkoutOf(sha, ref.replace(/^refs\/heads\//, ''))
}

/** Looks in all folders above at once: asked one after the other, they took longer than the rest of the step. */
async function findGitDir(folder: string): Promise<string | undefined> {
  const candidates = [...withParents(folder)].map((each) => path.join(each, '.git'))
  const found = await Promise.all(candidates.map((each) => stat(each).catch(() => undefined))) // not there
  const nearest = found.findIndex((stats) => stats?.isDirectory() || stats?.isFile())
  const candidate = candidates[nearest]
  if (candidate === undefined || found[nearest]?.isDirectory()) return candidate
  const target = /^gitdir: (.+)$/.exec((await readText(candidate)) ?? '')?.[1]
  return target && path.resolve(path.dirname(candidate), target)
}

function* withParents(folder: string): Generator<string> {
  const parent = path.dirname(folder)
  yield folder
  if (parent !== folder) yield* withParents(parent)
}

async function packedRef(gitDir: string, ref: string): Promise<string | undefined> {
  const lines = (await readText(path.join(gitDir, 'packed-refs')))?.split('\n')
  return lines?.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0]
}

function checkoutOf(sha: string | undefined, branch: string | null): Checkout | undefined {
  return sha !== undefined && /^[0-9a-f]{40,64}$/.test(sha) ? { sha, branch } : undefined
}

async function readText(file: string): Promise<string | undefined> {
  const text = await readForeign(file, { maxBytes, followsLinks: true }).catch(() => undefined) // absent, or somebody else's
  return text?.toString().trim()
}
