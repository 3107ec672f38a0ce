// Run by `npm run bench`; measures what docs/performance.md promises, and with --write puts the figures there.
import { runMain } from '../scripts/lib/plain-error.mjs'
import { setUp } from '../scripts/set-up/set-up.mjs'

await runMain(async () => {
  await setUp(['dbt'])
  // Not before: it needs what is installed here.
  const { bench } = await import('./bench.mjs')
  return bench(process.argv.slice(2))
})
