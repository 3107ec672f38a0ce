import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod'
import { writeFileAtomically } from '../../../util/files/write-file-atomically.ts'
import { projectOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'
import { declaredPackages, hasLock, lockedPackages, type PackageSpec } from './declared-packages.ts'
import { type InstalledPackage, installedPackages, localsAreLinked } from './installed-packages.ts'
import { isPinned } from './pinned-package.ts'

/** Digests of what `dbt deps` left when it last succeeded in a folder: with its lock, and as if there were no lock. */
const packageRecord = z.object({ locked: z.string().optional(), unlocked: z.string().optional() })
type PackageRecord = z.infer<typeof packageRecord>

/** It is true when `dbt deps` would install exactly what is installed; false in any doubt. */
export async function packagesAreCurrent(run: Run): Promise<boolean> {
  const record = await readRecord(run)
  if (record === undefined) return false
  const { dir, checkoutRoot } = projectOf(run)
  const key = (await hasLock(dir, checkoutRoot)) ? 'locked' : 'unlocked'
  return record[key] !== undefined && record[key] === (await stateOf(run, key))
}

/** It is to be called when `dbt deps` has succeeded. */
export async function rememberPackages(run: Run): Promise<void> {
  const record: PackageRecord = { locked: await stateOf(run, 'locked'), unlocked: await stateOf(run, 'unlocked') }
  const file = recordFile(run)
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  await writeFileAtomically(file, JSON.stringify(record), 0o600)
}

/** It is to be called before anything changes the packages: it may be killed half-way. */
export async function forgetPackages(run: Run): Promise<void> {
  await rm(recordFile(run), { force: true })
}

/** A digest of everything that decides what `dbt deps` installs, and of what is there; undefined in any doubt. */
async function stateOf(run: Run, by: keyof PackageRecord): Promise<string | undefined> {
  const { dir, packagesFolder, checkoutRoot } = projectOf(run)
  const declared = await declaredPackages(dir, environmentOf(run), checkoutRoot)
  const installed = await installedPackages(packagesFolder)
  if (declared === undefined || installed === undefined) return undefined
  const lock = by === 'locked' ? await lockedPackages(dir, environmentOf(run), checkoutRoot) : undefined
  const wanted = by === 'locked' ? lock?.rendered : await declaredByAll(run, declared.rendered, installed)
  if (!wanted?.every(isPinned) || !(await localsAreLinked(dir, wanted, installed))) return undefined
  const text = JSON.stringify([declared.rendered, wanted, lock?.hash, installed])
  return createHash('sha256').update(text).digest('hex')
}

/** Without a lock the packages of packages count, too. */
async function declaredByAll(
  run: Run,
  declared: readonly PackageSpec[],
  installed: readonly InstalledPackage[],
): Promise<readonly PackageSpec[] | undefined> {
  const all = [...declared]
  for (const { folder } of installed) {
    const more = await declaredPackages(folder, environmentOf(run), projectOf(run).checkoutRoot)
    if (more === undefined) return undefined
    all.push(...more.rendered)
  }
  return all
}

async function readRecord(run: Run): Promise<PackageRecord | undefined> {
  try {
    return packageRecord.parse(JSON.parse(await readFile(recordFile(run), 'utf8')))
  } catch {
    return undefined // never installed by us, or by another version
  }
}

/** The record lies outside of the user's folder, so that the user cannot change it. */
function recordFile(run: Run): string {
  const name = createHash('sha256').update(projectOf(run).dir).digest('hex').slice(0, 24)
  return path.join(run.services.dataDir, 'cache', 'packages', name)
}
