import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Hands } from '../users/hands.ts'

/** Says where git makes a `….lock` beside what it writes. */
const places = [
  { folder: '.', recursive: false },
  { folder: 'refs', recursive: true },
  { folder: 'objects/info', recursive: false },
]

/** Removes git's own locks from a repository that nobody else can be using. Answers how many there were. */
export async function removeStaleLocks(repository: string, hands: Hands): Promise<number> {
  let count = 0
  for (const { folder, recursive } of places) {
    const names = await readdir(path.join(repository, folder), { recursive }).catch(() => []) // half a repository
    for (const name of names.filter((each) => each.endsWith('.lock'))) {
      await hands.removeInside(path.join(repository, folder, name))
      count++
    }
  }
  return count
}
