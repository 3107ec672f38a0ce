// Run by `npm run check`, in CI before the tests; says all that can be said about the code without running it.
// It prints a line for each check and exits 1 if one fails.
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { root } from '../lib/paths.mjs'
import { pythonLint } from '../lib/python-lint.mjs'
import { capture } from '../lib/run-command.mjs'

const bin = (name) => path.join(root, 'node_modules/.bin', name)

// Files that are as they were are not looked at again; `npm ci` removes it, so that CI looks at all.
const typesChecked = 'node_modules/.cache/types-checked.tsbuildinfo'

// Made first: the others read it.
const generation = ['generated types', process.execPath, ['scripts/generate/types.mjs']]
const checks = [
  ['types', bin('tsc'), ['--noEmit', '-p', '.', '--incremental', '--tsBuildInfoFile', typesChecked]],
  ['format and lint', bin('biome'), ['ci', '--error-on-warnings', '--colors=off', '.']],
  ['dependency rules', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', 'src', 'test', 'scripts', 'bench']],
  ['patterns are linear', process.execPath, ['scripts/check/lint-patterns.mjs']],
  ['unused code', bin('knip'), ['--no-progress']],
  ['configuration table', process.execPath, ['scripts/generate/configuration-table.mjs', '--check']],
  ['permissions table', process.execPath, ['scripts/generate/permissions.mjs', '--check']],
  ['glossary', process.execPath, ['scripts/generate/glossary.mjs', '--check']],
  ['compatibility page', process.execPath, ['scripts/generate/compatibility.mjs', '--check']],
  ['OpenAPI lint', process.execPath, ['scripts/check/lint-openapi.mjs']],
  ['schema of stratus.yml', process.execPath, ['scripts/generate/document-schema.mjs', '--check']],
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
