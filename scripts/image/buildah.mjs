import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { PlainError } from '../lib/plain-error.mjs'
import { capture, outputOf, runWithProgress } from '../lib/run-command.mjs'

/** Debian's tools that build images without a container engine; installed if this is a Debian and we are root. */
export async function installImageTools() {
  const missing = []
  for (const tool of ['buildah', 'debootstrap']) {
    if ((await capture(tool, ['--version'])).code === 127) missing.push(tool)
  }
  if (process.getuid() !== 0) throw new PlainError('Building the image without a container engine takes root.')
  if (missing.length === 0) return
  if (!existsSync('/usr/bin/apt-get'))
    throw new PlainError(`Install ${missing.join(' and ')}; this machine has no apt.`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runWithProgress('apt lists', 'apt-get', ['update'], { env })
  const install = ['install', '--yes', '--no-install-recommends', ...missing]
  await runWithProgress(missing.join(' and '), 'apt-get', install, { env })
}

/** buildah on a storage of its own, so that nothing of the machine's is touched and all can be thrown away. */
export function createBuildah(dir) {
  mkdirSync(dir, { recursive: true })
  const storage = ['--storage-driver', 'vfs', '--root', path.join(dir, 'root'), '--runroot', path.join(dir, 'run')]
  return {
    run: (...args) => outputOf('buildah', [...storage, ...args]),
    runWithProgress: (title, ...args) => runWithProgress(title, 'buildah', [...storage, ...args]),
    /** Makes the command line of a command in a container, on the network of this machine. */
    commandIn: (container, options, command) => [
      'buildah',
      [...storage, 'run', '--isolation', 'chroot', ...options, container, '--', ...command],
    ],
  }
}
