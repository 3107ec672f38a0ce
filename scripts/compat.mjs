// Runs the tests of test/compat; arguments go to pytest. The last line is their counts as JSON.
import { runMain } from './lib/plain-error.mjs'
import { withPrograms } from './lib/programs.mjs'
import { runCompat } from './lib/run-compat.mjs'
import { setUp } from './lib/set-up.mjs'

await runMain(async () => {
  const result = await withPrograms(async (programs) => {
    await setUp(['dbt', 'airflow'])
    return await runCompat(programs, process.argv.slice(2))
  })
  if (typeof result === 'number') return result
  const { code, ...counts } = result
  console.log(JSON.stringify(counts))
  return code
})
