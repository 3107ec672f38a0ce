import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root, stateDir } from './paths.mjs'

/** Imports a module of src/; it is bundled within the checkout, where packages are found. */
export async function importTypescript(file) {
  mkdirSync(stateDir, { recursive: true })
  const folder = mkdtempSync(path.join(stateDir, 'module-'))
  try {
    const outfile = path.join(folder, 'module.mjs')
    await build({
      entryPoints: [path.join(root, file)],
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      outfile,
      logLevel: 'error',
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
