import { statfs } from 'node:fs/promises'
import { StepFailure } from '../../steps/step-failure.ts'
import { DamagedMirror, type Mirror } from './git-mirror.ts'

/** More are made by a handful of folders, each of which is in itself many times, to keep a worker busy. */
const mostFiles = 1_000_000

/** A system opens no longer path than 4096 bytes, and the checkout's own folder stands before it. */
const longestPath = 3000

/**
 * Throws a StepFailure when the files of a commit are more than a worker can make: few kilobytes of objects can stand for
 * any number of files of any size.
 */
export async function assertMeasured(mirror: Mirror, folder: string, sha: string, before?: string): Promise<void> {
  const size = await measure(mirror, sha)
  const { bavail, bsize } = await statfs(folder)
  const room = bavail * bsize
  if (size <= room) return
  // The files that are there already make room for those that come.
  const own = before === undefined ? 0 : await measure(mirror, before).catch(() => 0)
  if (size <= room + own) return
  const [needed, free] = [size, room].map((bytes) => `${Math.ceil(bytes / 2 ** 20)} MiB`)
  throw new StepFailure(`The files of commit ${sha} have ${needed}, and ${free} are free on the disk of ${folder}.`)
}

async function measure({ git, folder, url }: Mirror, sha: string): Promise<number> {
  let files = 0
  let bytes = 0
  let fault: string | undefined
  const args = ['--git-dir', folder, 'ls-tree', '-r', '-z', '--long', '--full-tree', sha]
  const listed = await git.list(args, (entry) => {
    const [, size, name] = /^\d+ \w+ \w+ +(\d+|-|BAD)\t(.*)$/s.exec(entry) ?? []
    bytes += Number(size) || 0
    if (++files > mostFiles) fault = `has more than ${mostFiles} files`
    if ((name ?? '').length > longestPath) fault = `has a path of more than ${longestPath} characters`
    return fault === undefined
  })
  if (fault !== undefined) throw new StepFailure(`The commit ${sha} of ${url} ${fault}: it is not checked out.`)
  if (listed.code === undefined)
    throw new StepFailure(`The files of commit ${sha} of ${url} could not be listed: ${listed.reason}.`)
  if (!listed.succeeded) throw new DamagedMirror(listed.reason)
  return bytes
}
