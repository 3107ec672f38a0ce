import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../util/error-code.ts'
import type { ListedFile } from '../artifact-store.ts'
import { inStoreWords } from './disk-errors.ts'
import { fileOf, keyOfFile, keyOfFolder } from './file-names.ts'

/** Sorted by the parts of their keys, in each folder its files and folders together. */
export async function* listFiles(root: string, prefix: string, after: string): AsyncGenerator<ListedFile> {
  const folder = fileOf(root, prefix)
  for (const { key, entry } of await entriesOf(folder, prefix)) {
    if (key <= after && !after.startsWith(key)) continue
    if (entry.isDirectory()) yield* listFiles(root, key, after)
    else if (key > after) yield* await described(path.join(folder, entry.name), key)
  }
}

export async function* listFolders(root: string, prefix: string, after: string): AsyncGenerator<string> {
  for (const { key, entry } of await entriesOf(fileOf(root, prefix), prefix))
    if (entry.isDirectory() && key > after) yield key
}

/** The stored files and the folders of a folder; the keys of the latter end in a slash. */
async function entriesOf(folder: string, prefix: string): Promise<Array<{ key: string; entry: Dirent }>> {
  const entries = await orNothing(readdir(folder, { withFileTypes: true }))
  const named = (entries ?? []).flatMap((entry) => {
    if (entry.isDirectory()) return [{ key: `${prefix}${keyOfFolder(entry.name)}/`, entry }]
    const name = keyOfFile(entry.name)
    return name === undefined ? [] : [{ key: `${prefix}${name}`, entry }]
  })
  return named.sort((one, other) => (one.key < other.key ? -1 : 1))
}

/** None when it was removed meanwhile. */
async function described(file: string, key: string): Promise<ListedFile[]> {
  const stats = await orNothing(lstat(file))
  return stats === undefined ? [] : [{ key, storedBytes: stats.size, storedAt: stats.mtime }]
}

function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  const found = work.catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined
    throw error
  })
  return inStoreWords(found)
}
