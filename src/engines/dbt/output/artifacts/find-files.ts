import type { Dir } from 'node:fs'
import { opendir } from 'node:fs/promises'
import path from 'node:path'

/** Folders and files that are looked at: whoever leaves more leaves them for nobody. */
const maxLooked = 100_000

export interface FoundFiles {
  /** Everything that is no folder, by its path below the folder; what lies directly in it comes first. */
  readonly names: readonly string[]
  /** It is true when there was more than is looked at. */
  readonly hasMore: boolean
}

/** Lists what lies below a folder, without following links: of so many entries, folders with them. */
export async function findFiles(folder: string, most = maxLooked): Promise<FoundFiles> {
  const names: string[] = []
  const waiting = ['']
  let looked = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entries = await openFolder(path.join(folder, next), next === '')
    if (entries === undefined) continue
    for await (const entry of entries) {
      if (++looked > most) return { names: inOrder(names), hasMore: true }
      const name = path.join(next, entry.name)
      if (entry.isDirectory()) waiting.push(name)
      else names.push(name)
    }
  }
  return { names: inOrder(names), hasMore: false }
}

/** Below the top, one that is gone, shut or too deep has no files for anybody. */
async function openFolder(folder: string, isTop: boolean): Promise<Dir | undefined> {
  try {
    return await opendir(folder, { bufferSize: 256 })
  } catch (error) {
    if (isTop) throw error
    return undefined
  }
}

function inOrder(names: string[]): string[] {
  const isNested = (name: string) => Number(name.includes(path.sep))
  return names.sort((one, other) => isNested(one) - isNested(other) || (one < other ? -1 : 1))
}
