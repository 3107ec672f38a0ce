// Measures what docs/performance.md promises. `npm run bench -- --write` puts the figures there.
import { runMain } from './lib/plain-error.mjs'
import { setUp } from './lib/set-up.mjs'

await runMain(async () => {
  await setUp(['dbt'])
  // Not before: it needs what is installed here.
  const { bench } = await import('../bench/bench.mjs')
  return bench(process.argv.slice(2))
})
