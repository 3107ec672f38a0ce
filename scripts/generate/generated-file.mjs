import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/paths.mjs'

/** Writes a generated file; with --check it changes nothing and fails when the file is stale. */
export function writeGenerated(file, content, script) {
  const target = path.join(root, file)
  let known
  try {
    known = readFileSync(target, 'utf8')
  } catch {
    // Not made yet.
  }
  if (known === content) return
  if (process.argv.includes('--check')) {
    console.error(`${file} is stale. Run: node ${script}`)
    process.exitCode = 1
    return
  }
  writeFileSync(target, content)
}
