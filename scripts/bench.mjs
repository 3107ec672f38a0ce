// Measures what docs/performance.md promises. `npm run bench -- --write` puts the figures there.
import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { measureCancel } from '../bench/cancel.mjs'
import { measureOverhead } from '../bench/overhead.mjs'
import { measureStart } from '../bench/start.mjs'
import { measureTrigger } from '../bench/trigger.mjs'
import { startPostgres } from '../test/support/postgres-server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** What each figure must stay below. */
const limits = {
  'trigger answered, p99 ms': 15,
  'trigger to first dbt process, p50 ms': 20,
  'trigger to first dbt process, p99 ms': 60,
  'run through the API / bare dbt build, median of pairs': 1.15,
  'cancel answered, max ms': 50,
  'processes gone, dbt, max ms': 1500,
  'processes gone, SIGINT ignored, max ms': 6000,
  'start, embedded, cold, median ms': 1500,
  'start, embedded, warm, median ms': 1000,
  'start, PostgreSQL, median ms': 500,
  'idle memory of serve on PostgreSQL, MB': 120,
}

const postgres = await startPostgres()
const figures = {}
try {
  const measurements = [
    ['starting', () => measureStart({ databaseUrl: postgres.url })],
    ['triggering', () => measureTrigger()],
    ['running', () => measureOverhead()],
    ['cancelling', () => measureCancel()],
  ]
  const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('-'))
  for (const [name, measure] of measurements) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    process.stderr.write(`${name} …\n`)
    Object.assign(figures, await measure())
  }
} finally {
  await postgres.stop()
}

const machine = `${os.cpus().length} × ${os.cpus()[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${os.platform()} ${os.arch()}`
const rows = Object.entries(figures).map(([name, value]) => {
  const limit = limits[name]
  const verdict = limit === undefined ? '' : value <= limit ? `≤ ${limit}` : `**> ${limit}**`
  return `| ${name} | ${value.toFixed(value < 10 ? 2 : 0)} | ${verdict} |`
})
const table = [`Machine: ${machine}.`, '', '| figure | measured | limit |', '|---|--:|---|', ...rows].join('\n')
process.stdout.write(`${table}\n`)
if (process.argv.includes('--write')) {
  const file = path.join(root, 'docs/performance.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(<!-- figures -->\n)[\s\S]*(\n<!-- end of figures -->)/, `$1${table}$2`))
}
process.exitCode = Object.entries(figures).some(([name, value]) => value > (limits[name] ?? Number.POSITIVE_INFINITY))
  ? 1
  : 0
