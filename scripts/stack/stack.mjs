// Run by `npm run test:full`, and by whoever changed a compose file; proves docker-compose.yml without containers.
// It runs the command of every service as it stands there, with the same environment on local folders and ports, and lets
// DAGs of its Airflow run dbt through its Stratus. Then the same with the Stratus of the Astro project, as far as it is ours.
import { runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { proveAstro } from './prove-astro.mjs'
import { proveCompose } from './prove-compose.mjs'

await runMain(async () => {
  await setUp(['dbt', 'airflow-postgres'])
  let passed = 0
  for (const prove of [proveCompose, proveAstro]) {
    const result = await withPrograms(prove)
    // A signal ended it.
    if (typeof result === 'number') return result
    passed += result.passed
  }
  console.log(`\n${passed} passed, 0 failed`)
  return 0
})
