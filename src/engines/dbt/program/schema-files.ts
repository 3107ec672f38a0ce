import { createHash } from 'node:crypto'
import { type Dirent, opendirSync, realpathSync, type Stats, statSync } from 'node:fs'
import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as z from 'zod'
import { readForeign } from '../../../util/files/open-foreign.ts'
import { forEachParallel } from '../../../util/for-each-parallel.ts'

/** dbt's partial parsing trusts the time of YAML files of a project and its packages, and only of these. */
export const schemaFiles = z.object({
  takenAt: z.number(),
  files: z.record(z.string(), z.object({ stamp: z.string(), mtime: z.number(), ctime: z.number(), hash: z.string() })),
})
export type SchemaFiles = z.infer<typeof schemaFiles>

/** A file that changes so soon after another change may have the same times. */
const settledMs = 2000

/** Folders that hold no sources of dbt's, and may hold very many files. */
const skipped = new Set(['.git', 'node_modules', '__pycache__'])
const skippedAtTop = new Set(['target', 'logs'])

/** So many names are looked at before others may go on. */
const namesPerTurn = 500

/** A link may lead to a whole disk. */
const maxListed = 200_000

const parallel = 8

const maxBytes = 16 * 1024 * 1024

/**
 * Takes stock of the files as they are now. Only those that may have changed since `known` are read; how many is
 * answered, too, and whether that is all: not more files than can be looked at, and none to which a link leads out of `checkout`.
 */
export async function readSchemaFiles(
  folders: readonly string[],
  known: SchemaFiles | undefined,
  checkout?: string,
): Promise<SchemaFiles & { read: number; isWhole: boolean }> {
  const takenAt = Date.now()
  const { found, isWhole } = await findYamlFiles(folders, checkout)
  const files: SchemaFiles['files'] = {}
  const unknown: string[] = []
  for (const [file, { ino, size, mtimeMs, ctimeMs }] of found) {
    const stamp = `${ino} ${size} ${mtimeMs} ${ctimeMs}`
    const before = known?.files[file]
    const isKnown = before?.stamp === stamp && known !== undefined && ctimeMs < known.takenAt - settledMs
    files[file] = { stamp, mtime: mtimeMs, ctime: ctimeMs, hash: isKnown ? before.hash : '' }
    if (!isKnown) unknown.push(file)
  }
  await forEachParallel(unknown, parallel, async (file) => {
    const entry = files[file]
    if (entry === undefined) return
    // The stamp must do for one that is too large or was removed meanwhile.
    const content = await readForeign(file, { maxBytes, followsLinks: true }).catch(() => entry.stamp)
    entry.hash = createHash('sha256').update(content).digest('base64')
  })
  return { takenAt, files, read: unknown.length, isWhole }
}

/** It is true when dbt, which looks at the times, would take a file that changed for the one it knows. */
export function changedInSilence(before: SchemaFiles, now: SchemaFiles): boolean {
  return Object.entries(now.files).some(([file, { mtime, hash }]) => {
    const known = before.files[file]
    return known !== undefined && known.hash !== hash && Math.abs(known.mtime - mtime) < 1
  })
}

export function isUnchanged(before: SchemaFiles, now: SchemaFiles): boolean {
  const files = Object.entries(now.files)
  return (
    files.length === Object.keys(before.files).length &&
    files.every(([file, { mtime, hash }]) => before.files[file]?.hash === hash && before.files[file]?.mtime === mtime)
  )
}

/** Synchronously, a turn at a time: a thousand files take a few milliseconds so, and several times as long otherwise. */
async function findYamlFiles(
  folders: readonly string[],
  checkout: string | undefined,
): Promise<{ found: Map<string, Stats>; isWhole: boolean }> {
  const leadsOut = (real: string) =>
    checkout !== undefined && !`${real}${path.sep}`.startsWith(`${checkout}${path.sep}`)
  const found = new Map<string, Stats>()
  const seen = new Set<string>()
  const waiting = folders.map((folder) => ({ folder, isTop: true, isLink: true }))
  let listed = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { folder, isTop, isLink } = next
    if (++listed % namesPerTurn === 0) await nextTurn()
    // Links to folders are followed, as dbt does; a local package is one.
    const real = isLink ? realPath(folder) : folder
    if (real === undefined || seen.has(real)) continue
    if (leadsOut(real)) return { found, isWhole: false }
    seen.add(real)
    const entries = entriesOf(folder, maxListed - listed)
    if (entries === undefined) return { found, isWhole: false }
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue
    for (const entry of entries) {
      if (++listed % namesPerTurn === 0) await nextTurn()
      if (skipped.has(entry.name) || (isTop && skippedAtTop.has(entry.name))) continue
      const file = path.join(folder, entry.name)
      const isYaml = /\.ya?ml$/.test(entry.name)
      if (entry.isDirectory()) waiting.push({ folder: file, isTop: false, isLink: false })
      if (!(entry.isSymbolicLink() || (isYaml && entry.isFile()))) continue
      const stats = statSync(file, { throwIfNoEntry: false })
      if (stats?.isDirectory()) waiting.push({ folder: file, isTop: false, isLink: true })
      else if (stats?.isFile() && isYaml) {
        if (entry.isSymbolicLink() && leadsOut(realPath(file) ?? file)) return { found, isWhole: false }
        found.set(file, stats)
      }
    }
  }
  return { found, isWhole: true }
}

/** It is undefined when there are more than `most`. */
function entriesOf(folder: string, most: number): Dirent[] | undefined {
  const entries: Dirent[] = []
  try {
    const opened = opendirSync(folder, { bufferSize: 256 })
    try {
      for (let entry = opened.readSync(); entry !== null; entry = opened.readSync())
        if (entries.push(entry) > most) return undefined
    } finally {
      opened.closeSync()
    }
  } catch {
    // Not there, or not to be read.
  }
  return entries
}

function realPath(folder: string): string | undefined {
  try {
    return realpathSync(folder)
  } catch {
    return undefined // a link to nothing
  }
}
