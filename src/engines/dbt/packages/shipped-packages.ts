import { access, constants, realpath } from 'node:fs/promises'
import path from 'node:path'
import { projectOf, type Run } from '../run.ts'
import { environmentOf } from '../run-environment.ts'
import { declaredHash } from './declared-hash.ts'
import { declaredPackages, lockedPackages } from './declared-packages.ts'
import { installedPackages } from './installed-packages.ts'

/** It is true when `dbt deps` could install nothing here, whatever it wanted to. */
export async function packagesAreReadOnly(run: Run): Promise<boolean> {
  const above = path.dirname(projectOf(run).packagesFolder)
  const isWritable = await access(above, constants.W_OK).then(
    () => true,
    () => false,
  )
  return !isWritable || !(await run.hands.may('write', above))
}

/**
 * Says what packages lack that came with a project that cannot be written: undefined when its lock is the one that its
 * package files need, and each package of the lock is there, and no other.
 */
export async function lackOfShippedPackages(run: Run): Promise<string | undefined> {
  const { dir, packagesFolder, checkoutRoot } = projectOf(run)
  const variables = environmentOf(run)
  const declared = await declaredPackages(dir, variables, checkoutRoot)
  const lock = await lockedPackages(dir, variables, checkoutRoot)
  if (lock === undefined) return 'it has no package-lock.yml that can be read'
  if (declared === undefined || declaredHash(declared) !== lock.hash)
    return 'its package-lock.yml is not known to be that of its package files'
  const installed = await installedPackages(packagesFolder)
  if (installed === undefined) return `a package in ${packagesFolder} is broken`
  const names = lock.rendered.map(({ name }) => String(name))
  const missing = names.filter((name) => !installed.some((one) => one.name === name))
  if (missing.length > 0) return `${packagesFolder} lacks ${missing.join(', ')}`
  for (const { name, local } of lock.rendered) {
    const { isLink, folder } = installed.find((one) => one.name === name) ?? {}
    if (isLink && typeof local === 'string' && folder !== (await realFolder(path.resolve(dir, local))))
      return `${String(name)} in ${packagesFolder} is not the package ${local}`
  }
  const extra = installed.filter(({ name }) => !names.includes(name))
  if (extra.length > 0) return `${packagesFolder} has ${extra.map(({ name }) => name).join(', ')}, too`
  return undefined
}

async function realFolder(folder: string): Promise<string | undefined> {
  return realpath(folder).catch(() => undefined) // not there
}
