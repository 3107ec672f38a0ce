// Run by `npm run test:full`, and by whoever changed a DAG; runs every DAG of airflow-dags for real.
// That takes Stratus, dbt, and an Airflow with scheduler and triggerer. An argument names the cases to run. The last line is "N passed, N failed".
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { runDags } from './run-dags.mjs'

const timeLimitMs = 15 * 60_000

await runMain(async () => {
  const result = await withPrograms(async (programs) => {
    await setUp(['dbt', 'airflow'])
    return await Promise.race([runDags(programs, process.argv[2]), failAfter(timeLimitMs)])
  })
  // A signal ended it.
  if (typeof result === 'number') return result
  console.log(`\n${result.passed} passed, ${result.failed} failed`)
  return result.failed === 0 ? 0 : 1
})

function failAfter(ms) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new PlainError(`The DAGs were not done after ${ms / 60_000} minutes.`)), ms)
  })
}
