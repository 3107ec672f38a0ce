import { readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from '../../../util/error-code.ts'
import type { PackageSpec } from './declared-packages.ts'

export interface InstalledPackage {
  readonly name: string
  /** The path has no links in it. */
  readonly folder: string
  readonly isLink: boolean
  /** It is another one when it was installed again. */
  readonly inode: number
}

/** The folders that dbt takes for packages; undefined if one of them is none, or leads nowhere. */
export async function installedPackages(packagesFolder: string): Promise<readonly InstalledPackage[] | undefined> {
  const entries = (await entriesOf(packagesFolder)).filter(
    (entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('__'),
  )
  try {
    return await Promise.all(
      entries.map(async (entry) => {
        const folder = path.join(packagesFolder, entry.name)
        const { ino } = await stat(path.join(folder, 'dbt_project.yml'))
        return { name: entry.name, folder: await realpath(folder), isLink: entry.isSymbolicLink(), inode: ino }
      }),
    )
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined
    throw error
  }
}

/** It is true when each local package is a link to where it is now; a copy of one may be an old one. */
export async function localsAreLinked(
  projectDir: string,
  specs: readonly PackageSpec[],
  installed: readonly InstalledPackage[],
): Promise<boolean> {
  const locals = specs.flatMap(({ local }) => (typeof local === 'string' ? [local] : []))
  const folders = await Promise.all(
    locals.map((local) => realpath(path.resolve(projectDir, local)).catch(() => undefined)), // gone
  )
  return folders.every((folder) => installed.some((one) => one.isLink && one.folder === folder))
}

async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((one, other) => (one.name < other.name ? -1 : 1))
  } catch (error) {
    if (errorCode(error) !== undefined) return [] // nothing is installed
    throw error
  }
}
