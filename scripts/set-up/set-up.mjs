import path from 'node:path'
import { stateDir } from '../lib/paths.mjs'
import { checkMachine } from './check-machine.mjs'
import { withLock } from './folder-lock.mjs'
import { ensureBuild, ensureNodePackages } from './node-packages.mjs'
import { createVirtualEnvironment, findPythonFor, isInstalled } from './virtual-environment.mjs'

/** Installs and builds what is missing: Node packages, the program, and the named Python environments. */
export async function setUp(environments) {
  await checkMachine()
  await withLock(path.join(stateDir, 'installing'), async () => {
    const missing = []
    for (const name of environments) if (!(await isInstalled(name))) missing.push(name)
    // Asked first, so that a machine without Python hears it before it has waited for npm.
    const pythons = new Map()
    for (const name of missing) pythons.set(name, await findPythonFor(name))
    await ensureNodePackages()
    await ensureBuild()
    for (const name of missing) await createVirtualEnvironment(name, pythons.get(name))
  })
}
