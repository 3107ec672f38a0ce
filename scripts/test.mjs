// npm test: sets up what the tests need, runs all of them and ends with the line "N passed, N failed".
// --full also runs what takes longer.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root, stateDir } from './lib/paths.mjs'
import { runMain } from './lib/plain-error.mjs'
import { withPrograms } from './lib/programs.mjs'
import { pythonLint } from './lib/python-lint.mjs'
import { passThrough } from './lib/run-command.mjs'
import { newestClients, olderClients, runCompat } from './lib/run-compat.mjs'
import { runSchemathesis } from './lib/run-schemathesis.mjs'
import { runCounting } from './lib/run-script.mjs'
import { setUp } from './lib/set-up.mjs'
import { binDir } from './lib/virtual-environment.mjs'

await runMain(async () => {
  const results = await withPrograms(async (programs) => {
    const clients = process.argv.includes('--full') ? { ...newestClients, ...olderClients } : newestClients
    await setUp(['dbt', ...Object.keys(clients), 'schemathesis'])
    const results = [await runJest()]
    results.push(...(await runCompat(programs, clients)))
    console.log('\nThe bundled DAGs load:')
    results.push(await runPytest('airflow-dags/tests'))
    console.log('\nThe example of the documentation, as a CI would run it:')
    results.push(await runCounting(process.execPath, [script('python-package.mjs'), '-k', 'docs']))
    console.log('\nPython lint:')
    results.push(await runAsOneTest(pythonLint.file, pythonLint.args))
    console.log('\nThe API keeps to its description:')
    results.push(await runSchemathesis(programs, { seconds: process.argv.includes('--full') ? 900 : 90 }))
    if (process.argv.includes('--full')) {
      for (const name of longScripts) {
        console.log(`\n${name}:`)
        results.push(await runCounting(process.execPath, [script(name)]))
      }
      console.log('\nnpm run demo -- --once:')
      results.push(await runAsOneTest(process.execPath, [script('demo.mjs'), '--once']))
    }
    return results
  })
  // A signal ended it.
  if (typeof results === 'number') return results
  return report(results)
})

/** What takes minutes: every DAG through a scheduler, pytest-stratus, the package of npm, the README's way for a team, the stack natively, the image, a comparison with bare dbt. */
const longScripts = [
  'dags.mjs',
  'python-package.mjs',
  'published.mjs',
  'team.mjs',
  'stack.mjs',
  'image.mjs',
  'comparison.mjs',
]

function script(name) {
  return path.join(root, 'scripts', name)
}

/** For a command that only says whether all is well. */
async function runAsOneTest(file, args) {
  const code = await passThrough(file, args, { cwd: root })
  return { code, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 }
}

function runPytest(folder) {
  const python = path.join(binDir('airflow'), 'python')
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return runCounting(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', folder], { env })
}

async function runJest() {
  const outputFile = path.join(stateDir, 'test', 'jest.json')
  mkdirSync(path.dirname(outputFile), { recursive: true })
  rmSync(outputFile, { force: true })
  const env = { ...process.env, STRATUS_TEST_DBT: path.join(binDir('dbt'), 'dbt') }
  const jest = path.join(root, 'node_modules', 'jest', 'bin', 'jest.js')
  const nodeArgs = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest]
  const code = await passThrough(process.execPath, [...nodeArgs, '--json', `--outputFile=${outputFile}`], {
    cwd: root,
    env,
  })
  return { code, ...readJestReport(outputFile) }
}

/** A file of tests that could not be run at all counts as one failed test. */
function readJestReport(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(file, 'utf8'),
    )
    return {
      passed: numPassedTests,
      failed: numFailedTests + numRuntimeErrorTestSuites,
      skipped: numPendingTests + numTodoTests,
    }
  } catch {
    // jest ended before it wrote its report; its exit code tells.
    return { passed: 0, failed: 0, skipped: 0 }
  }
}

function report(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  // A runner that failed without a failed test (it crashed, or its set-up did) is a failure too.
  const crashed = results.filter(({ code, passed, failed }) => failed === 0 && (code !== 0 || passed === 0)).length
  const failed = sum('failed') + crashed
  const skipped = sum('skipped')
  console.log(`\n${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  return failed === 0 ? 0 : 1
}
