// Everything that can be said about the code without running it. Prints a line for each check; exits 1 if one fails.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { root } from './lib/paths.mjs'
import { pythonLint } from './lib/python-lint.mjs'
import { capture } from './lib/run-command.mjs'

const bin = (name) => path.join(root, 'node_modules/.bin', name)

// Made first: the others read it.
const generation = ['generated types', process.execPath, ['scripts/generate-types.mjs']]
const checks = [
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['format and lint', bin('biome'), ['ci', '--error-on-warnings', '--colors=off', '.']],
  ['dependency rules', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'test']],
  ['patterns are linear', process.execPath, ['scripts/lint-patterns.mjs']],
  ['unused code', bin('knip'), ['--no-progress']],
  ['configuration table', process.execPath, ['scripts/config-table.mjs', '--check']],
  ['permissions table', process.execPath, ['scripts/permissions-table.mjs', '--check']],
  ['glossary', process.execPath, ['scripts/glossary-page.mjs', '--check']],
  ['compatibility page', process.execPath, ['scripts/compatibility.mjs', '--check']],
  ['OpenAPI lint', process.execPath, ['scripts/lint-openapi.mjs']],
  ['schema of stratus.yml', process.execPath, ['scripts/generate-document-schema.mjs', '--check']],
]
// Comes with Airflow's environment, which `npm test` sets up; it asks for this, too.
if (existsSync(pythonLint.file)) checks.push(['Python lint', pythonLint.file, pythonLint.args])

async function runCheck([name, command, args]) {
  const { code, output } = await capture(command, args, { cwd: root })
  process.stdout.write(`${code === 0 ? 'ok  ' : 'FAIL'} ${name}\n`)
  if (code === 0) return
  process.exitCode = 1
  process.stdout.write(`${output}\n`)
}

async function runWaiting() {
  for (let next = checks.shift(); next; next = checks.shift()) await runCheck(next)
}

await runCheck(generation)
await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, runWaiting))
