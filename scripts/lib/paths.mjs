import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** It is the folder of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** Everything the scripts install or write stands in here, and git ignores it. */
export const stateDir = path.join(root, '.stratus')

export const program = path.join(root, 'dist', 'stratus.js')

/** Says where the programs of a virtual environment stand; `name` is that of its lock in requirements/. */
export function binDir(name) {
  return path.join(stateDir, `venv-${name}`, 'bin')
}
