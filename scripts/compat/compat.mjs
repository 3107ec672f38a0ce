// Run by whoever works on what the clients of dbt Cloud see; runs the tests of test/compat.
// Arguments that name environments (airflow, clients, airflow-2.10, …) choose them, others
// go to pytest. The last line is the counts as JSON.
import { runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { clientsFor, newestClients, runCompat } from './run-compat.mjs'

const allClients = clientsFor({ full: true })

await runMain(async () => {
  const names = process.argv.slice(2).filter((argument) => argument in allClients)
  const pytestArgs = process.argv.slice(2).filter((argument) => !(argument in allClients))
  const chosen = names.length > 0 ? names : Object.keys(newestClients)
  const results = await withPrograms(async (programs) => {
    await setUp(['dbt', ...chosen])
    return await runCompat(programs, Object.fromEntries(chosen.map((name) => [name, allClients[name]])), pytestArgs)
  })
  if (typeof results === 'number') return results
  const sum = (key) => results.reduce((total, result) => total + result[key], 0)
  console.log(JSON.stringify({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }))
  return results.find(({ code }) => code !== 0)?.code ?? 0
})
