import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { FileRights, Reader } from '../../../util/reader.ts'
import type { Hands } from './hands.ts'
import { modeAllows } from './run-user.ts'

/**
 * What the user of a run may read. The server may read everything, and follows links that a project or a run made: it
 * must not read for them what they could not read themselves.
 */
export function readerFor(hands: Hands): Reader | undefined {
  const { user } = hands
  if (user === undefined) return undefined
  const folders = new Map<string, Promise<boolean>>()
  const mayEnter = (folder: string): Promise<boolean> => {
    const known = folders.get(folder) ?? look(folder)
    folders.set(folder, known)
    return known
  }
  const look = async (folder: string): Promise<boolean> => {
    const above = path.dirname(folder)
    return modeAllows(user, await stat(folder), 1) && (above === folder || mayEnter(above))
  }
  return {
    name: `the user ${user.name} that dbt runs as`,
    async mayRead(file: string, rights: FileRights) {
      if (modeAllows(user, rights, 4) && (await mayEnter(path.dirname(file)).catch(() => false))) return true
      // There may be an access list, which says more than the mode.
      return hands.may('read', file)
    },
  }
}
