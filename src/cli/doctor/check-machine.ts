import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { type Finding, fail, ok, warn } from './finding.ts'
import { runProgram } from './run-program.ts'

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return isEnough ? ok('Node', version) : fail('Node', `${version} is too old`, 'Install Node 20.19 or newer.')
}

export async function checkGit(): Promise<Finding> {
  const { succeeded, output } = await runProgram('git', ['--version'])
  if (succeeded) return ok('git', output.replace('git version ', ''))
  return warn('git', 'not found', 'Projects from git repositories need it: install the package "git".')
}

const gigabyte = 1024 ** 3

export async function checkDisk(dataDir: string, freeBytes = free): Promise<Finding> {
  const bytes = await freeBytes(dataDir)
  const detail = `${(bytes / gigabyte).toFixed(1)} GB free at ${dataDir}`
  const cure = 'Make room there, or choose another folder with --data-dir.'
  if (bytes < gigabyte / 10) return fail('disk', detail, cure)
  return bytes < gigabyte ? warn('disk', detail, cure) : ok('disk', detail)
}

/** A data folder that is not there yet will lie in its nearest parent. */
async function free(dir: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dir)
    return bavail * bsize
  } catch (error) {
    if (dir === path.dirname(dir)) throw error
    return free(path.dirname(dir))
  }
}
