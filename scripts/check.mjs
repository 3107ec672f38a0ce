// Everything that can be said about the code without running it. Prints a line for each check; exits 1 if one fails.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonLint } from './lib/python-lint.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const bin = (name) => path.join(root, 'node_modules/.bin', name)

const checks = [
  ['generated types', process.execPath, ['scripts/generate-types.mjs']],
  ['format and lint', bin('biome'), ['ci', '--error-on-warnings', '--colors=off', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['dependency rules', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'test']],
  ['patterns are linear', process.execPath, ['scripts/lint-patterns.mjs']],
  ['unused code', bin('knip'), ['--no-progress']],
  ['configuration table', process.execPath, ['scripts/config-table.mjs', '--check']],
  ['permissions table', process.execPath, ['scripts/permissions-table.mjs', '--check']],
  ['compatibility page', process.execPath, ['scripts/compatibility.mjs', '--check']],
  ['OpenAPI lint', process.execPath, ['scripts/lint-openapi.mjs']],
  ['schema of stratus.yml', process.execPath, ['scripts/generate-document-schema.mjs', '--check']],
]
// Comes with Airflow's environment, which `npm test` sets up; it asks for this, too.
if (existsSync(pythonLint.file)) checks.push(['Python lint', pythonLint.file, pythonLint.args])

let failed = 0
for (const [name, command, args] of checks) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const ok = result.status === 0
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${name}\n`)
  if (ok) continue
  failed++
  process.stdout.write(`${result.error ?? ''}${result.stdout ?? ''}${result.stderr ?? ''}\n`)
}
process.exitCode = failed === 0 ? 0 : 1
