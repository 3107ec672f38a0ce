import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Hands } from './hands.ts'
import { modeAllows, type RunUser } from './run-user.ts'

const bits = { read: 4, write: 2, enter: 1 } as const

/** Judges by the modes of a file and of the folders above it if a user may do something. Folders are looked at once. */
export function rightsOf(user: RunUser): Hands['may'] {
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
  return async (what, file, rights) => {
    try {
      return modeAllows(user, rights ?? (await stat(file)), bits[what]) && (await mayEnter(path.dirname(file)))
    } catch {
      return false // not there
    }
  }
}
