import { realpath } from 'node:fs/promises'
import path from 'node:path'

/** True when a place is one of the folders or in one, symbolic links followed. */
export async function isBelow(place: string, folders: readonly string[]): Promise<boolean> {
  const location = await realLocation(place)
  const roots = await Promise.all(folders.map(realLocation))
  return roots.some((root) => location === root || location.startsWith(root === '/' ? root : `${root}/`))
}

/** Where a path leads once every symbolic link is followed, also when its last parts are not there (yet). */
async function realLocation(given: string): Promise<string> {
  const absolute = path.resolve(given)
  const missing: string[] = []
  for (let folder = absolute; ; folder = path.dirname(folder)) {
    try {
      return path.join(await realpath(folder), ...missing)
    } catch {
      // Not there, or not to be looked at: its parent decides.
      if (folder === path.dirname(folder)) return absolute
      missing.unshift(path.basename(folder))
    }
  }
}
