import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { FileRights } from '../../../util/reader.ts'
import { removeAll, removeTree } from './remove-tree.ts'
import type { RunUser } from './run-user.ts'

/**
 * Whoever does what Stratus itself does to the files of a run. In a folder that belongs to the run's user nothing is where
 * it seems to be, since that user may put a link there at any moment: what is done inside of one is done as that user.
 */
export interface Hands {
  /** Undefined means the server's own user. */
  readonly user: RunUser | undefined
  /** Makes a folder of the server's that the user may pass through, but neither list nor change. */
  makePassage(folder: string): Promise<void>
  /** Makes a folder of the server's that the user may list, but not change: dbt refuses a folder that it may only pass through. */
  makeReadable(folder: string): Promise<void>
  /** Makes a folder of the user's in one of the server's; one that is there is handed over. */
  makeFolder(folder: string): Promise<void>
  /** Writes a file of the user's into a folder of the server's. */
  place(file: string, text: string): Promise<void>
  /** Hands over a file that lies in a folder of the server's. */
  give(file: string): Promise<void>
  /** Removes what lies in a folder of the server's, with all that is in it. */
  remove(folder: string): Promise<void>

  makeFolderInside(folder: string): Promise<void>
  /** A file that is there is written anew. */
  writeInside(file: string, text: string): Promise<void>
  removeInside(file: string): Promise<void>
  /** The copy appears when it is whole. */
  copyInside(from: string, to: string): Promise<void>

  /** Answers if the user may do that with a file, by its real path; `rights` are the file's, if it is open already. */
  may(what: 'read' | 'write' | 'enter', file: string, rights?: FileRights): Promise<boolean>
  /** Gives the program and its arguments so that they run as the user. */
  program(file: string, args: readonly string[]): readonly [file: string, args: readonly string[]]
}

/** The server uses its own: all folders of runs are its user's. */
export const ownHands: Hands = {
  user: undefined,
  async makePassage(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  async makeReadable(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  async place(file, text) {
    await writeFile(file, text, { mode: 0o600 })
  },
  async give() {},
  remove: removeTree,
  async makeFolderInside(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  },
  async writeInside(file, text) {
    // Whatever an earlier run put there would lead this writing to another place.
    await removeAll(file)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  },
  removeInside: removeAll,
  async copyInside(from, to) {
    await copyFile(from, `${to}.partial`)
    await rename(`${to}.partial`, to)
  },
  async may() {
    return true
  },
  program: (file, args) => [file, args],
}
