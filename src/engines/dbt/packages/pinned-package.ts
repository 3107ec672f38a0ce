import type { PackageSpec } from './declared-packages.ts'

const exactVersion = /^=?\d+\.\d+\.\d+(?:[-+a-z][-+.\w]*)?$/
const fullCommitId = /^(?:[\da-f]{40}|[\da-f]{64})$/

/** It is true for a package that is the same whenever it is asked for. A tarball's address is not enough for that. */
export function isPinned(spec: PackageSpec): boolean {
  if (spec.local !== undefined) return typeof spec.local === 'string'
  if (spec.package !== undefined) return isExactVersion(spec.version)
  return spec.git !== undefined && typeof spec.revision === 'string' && fullCommitId.test(spec.revision)
}

function isExactVersion(version: unknown): boolean {
  const [only, ...others]: readonly unknown[] = Array.isArray(version) ? version : [version]
  return others.length === 0 && typeof only === 'string' && only.length < 100 && exactVersion.test(only)
}
