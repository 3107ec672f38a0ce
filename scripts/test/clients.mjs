// Run by scripts/test/test.mjs beside jest; drives the built program from outside and ends with the line "N passed, N failed".
// These are the clients of dbt Cloud, the DAGs and the example of the documentation.
import path from 'node:path'
import { clientsFor, runCompat } from '../compat/run-compat.mjs'
import { binDir, root } from '../lib/paths.mjs'
import { runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { pythonLint } from '../lib/python-lint.mjs'
import { reportCounts } from './counts.mjs'
import { runAsOneTest, runCounting } from './run-counting.mjs'

await runMain(async () => {
  const full = process.argv.includes('--full')
  const results = await withPrograms(async (programs) => {
    const results = await runCompat(programs, clientsFor({ full }))
    console.log('\nThe bundled DAGs load:')
    results.push(await runPytest('airflow-dags/tests'))
    console.log('\nThe example of the documentation, as a CI would run it:')
    results.push(
      await runCounting(process.execPath, [path.join(root, 'scripts/test/python-package.mjs'), '-k', 'docs']),
    )
    console.log('\nPython lint:')
    results.push(await runAsOneTest(pythonLint.file, pythonLint.args))
    return results
  })
  // A signal ended it.
  if (typeof results === 'number') return results
  return reportCounts(results)
})

function runPytest(folder) {
  const python = path.join(binDir('airflow'), 'python')
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return runCounting(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', folder], { env })
}
