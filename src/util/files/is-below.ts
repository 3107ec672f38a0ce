import { realpath } from 'node:fs/promises'
import path from 'node:path'

/**
 * It is true when a place is one of the folders or in one, symbolic links followed. Behind a link, `..` is another folder for a
 * program that shortens paths than for the system: both have to be.
 */
export async function isBelow(place: string, folders: readonly string[]): Promise<boolean> {
  const readings = new Set([path.resolve(place), path.isAbsolute(place) ? place : path.resolve(place)])
  const locations = await Promise.all([...readings].map(realLocation))
  const roots = await Promise.all(folders.map((folder) => realLocation(path.resolve(folder))))
  return locations.every((location) =>
    roots.some((root) => location === root || location.startsWith(root === '/' ? root : `${root}/`)),
  )
}

/** Says where an absolute path leads once every symbolic link is followed, also when its last parts are not there (yet). */
async function realLocation(absolute: string): Promise<string> {
  const missing: string[] = []
  for (let folder = absolute; ; folder = path.dirname(folder)) {
    try {
      return path.join(await realpath(folder), ...missing)
    } catch {
      // Not there, or not to be looked at: its parent decides.
      if (folder === path.dirname(folder)) return path.resolve(absolute)
      missing.unshift(path.basename(folder))
    }
  }
}
