// Run by `npm test`, and with --full by `npm run test:full`; sets up what the tests need, runs them and ends with their counts.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { clientsFor } from '../compat/run-compat.mjs'
import { binDir, root, stateDir } from '../lib/paths.mjs'
import { runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { reportCounts } from './counts.mjs'
import { runAsOneTest, runCounting } from './run-counting.mjs'
import { runSchemathesis } from './run-schemathesis.mjs'

await runMain(async () => {
  const full = process.argv.includes('--full')
  const results = await withPrograms(async (programs) => {
    await setUp(['dbt', 's3', ...Object.keys(clientsFor({ full })), 'schemathesis'])
    const jest = runJest()
    // Beside it, because either waits much of its time: for runs, polls and processes that start.
    const clients = runScript('test/clients.mjs', full ? ['--full'] : [], { showAfter: jest })
    const results = await Promise.all([jest, clients])
    console.log('\nThe API keeps to its description:')
    // Alone: how much it asks in its time depends on what else is running.
    results.push(await runSchemathesis(programs, { seconds: full ? 900 : 90 }))
    if (full) results.push(...(await runLongScripts()))
    return results
  })
  // A signal ended it.
  if (typeof results === 'number') return results
  return reportCounts(results)
})

/** These take minutes: DAGs, the packages, the README's way for a team, the stack, the image, bare dbt. */
async function runLongScripts() {
  const names = [
    'test/dags',
    'test/python-package',
    'test/published',
    'test/team',
    'stack/stack',
    'image/image',
    'test/comparison',
  ]
  const results = []
  for (const name of names) {
    console.log(`\nscripts/${name}.mjs:`)
    results.push(await runScript(`${name}.mjs`))
  }
  console.log('\nRuns that do their worst beside honest ones:')
  results.push(await runAsOneTest(process.execPath, [path.join(root, 'bench/run.mjs'), 'evil']))
  console.log('\nnpm run demo -- --once:')
  results.push(await runAsOneTest(process.execPath, [path.join(root, 'scripts/demo/demo.mjs'), '--once']))
  return results
}

function runScript(name, args = [], options = {}) {
  return runCounting(process.execPath, [path.join(root, 'scripts', name), ...args], options)
}

async function runJest() {
  const outputFile = path.join(stateDir, 'test', 'jest.json')
  mkdirSync(path.dirname(outputFile), { recursive: true })
  rmSync(outputFile, { force: true })
  const env = {
    ...process.env,
    STRATUS_TEST_DBT: path.join(binDir('dbt'), 'dbt'),
    STRATUS_TEST_S3: path.join(binDir('s3'), 'moto_server'),
  }
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
