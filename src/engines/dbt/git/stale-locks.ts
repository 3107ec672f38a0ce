import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'

/** Where git makes a `….lock` beside what it writes. */
const places = [
  { folder: '.', recursive: false },
  { folder: 'refs', recursive: true },
  { folder: 'objects/info', recursive: false },
]

/** Removes git's own locks from a repository that nobody else can be using. Answers how many there were. */
export async function removeStaleLocks(repository: string): Promise<number> {
  let count = 0
  for (const { folder, recursive } of places) {
    const names = await readdir(path.join(repository, folder), { recursive }).catch(() => []) // half a repository
    for (const name of names.filter((each) => each.endsWith('.lock'))) {
      await rm(path.join(repository, folder, name), { force: true })
      count++
    }
  }
  return count
}
