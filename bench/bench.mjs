import { readFileSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { root } from '../scripts/lib/paths.mjs'
import { startPostgres } from '../test/support/postgres-server.mjs'
import { measureCancel } from './cancel.mjs'
import { measureOverhead } from './overhead.mjs'
import { measureStart } from './start.mjs'
import { measureTrigger } from './trigger.mjs'

/** What each figure must stay below. */
const limits = {
  'start, embedded, cold, median ms': 1500,
  'start, embedded, warm, median ms': 1000,
  'start, PostgreSQL, median ms': 500,
  'idle memory of serve on PostgreSQL, MB': 120,
  'trigger answered, p99 ms': 15,
  'trigger to first dbt process, p50 ms': 20,
  'trigger to first dbt process, p99 ms': 60,
  'trigger answered, embedded, p99 ms': 15,
  'trigger to first dbt process, embedded, p50 ms': 20,
  'trigger to first dbt process, embedded, p99 ms': 60,
  'run through the API / bare dbt build, median of pairs': 1.15,
  'cancel answered, max ms': 50,
  'processes gone, dbt, max ms': 1500,
  'processes gone, SIGINT ignored, max ms': 6000,
}

const measurements = {
  starting: ({ databaseUrl }) => measureStart({ databaseUrl }),
  triggering: async ({ databaseUrl }) => ({
    ...(await measureTrigger({ databaseUrl })),
    ...named(', embedded', await measureTrigger()),
  }),
  running: () => measureOverhead(),
  cancelling: () => measureCancel(),
}

/** Measures all, or what the arguments name; `--write` puts the table into docs/performance.md. 1 when a limit is missed. */
export async function bench(args) {
  const unknown = args.find((arg) => arg !== '--write' && !Object.hasOwn(measurements, arg))
  if (unknown !== undefined) throw new Error(`${unknown} is none of --write, ${Object.keys(measurements).join(', ')}`)
  const chosen = args.filter((arg) => arg !== '--write')
  const figures = await measure(chosen.length > 0 ? chosen : Object.keys(measurements))
  const table = tableOf(figures)
  console.log(table)
  if (args.includes('--write')) write(table)
  return Object.entries(figures).some(([name, value]) => value > (limits[name] ?? Number.POSITIVE_INFINITY)) ? 1 : 0
}

async function measure(names) {
  const postgres = await startPostgres()
  const figures = {}
  try {
    for (const name of names) {
      console.error(`${name} …`)
      Object.assign(figures, await measurements[name]({ databaseUrl: postgres.url }))
    }
  } finally {
    await postgres.stop()
  }
  return figures
}

/** The same figures under names with an addition before the unit. */
function named(addition, figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name.replace(',', `${addition},`), value]))
}

function tableOf(figures) {
  const load = os.loadavg()[0].toFixed(1)
  const memory = Math.round(os.totalmem() / 2 ** 30)
  const [cpu] = os.cpus()
  const machine = `${os.cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.version}, ${os.platform()} ${os.arch()}, load ${load}`
  const rows = Object.entries(figures).map(([name, value]) => {
    const limit = limits[name]
    const verdict = limit === undefined ? '' : value <= limit ? `≤ ${limit}` : `**> ${limit}**`
    return `| ${name} | ${value.toFixed(value < 10 ? 2 : 0)} | ${verdict} |`
  })
  return [`Machine: ${machine}.`, '', '| figure | measured | limit |', '|---|--:|---|', ...rows].join('\n')
}

function write(table) {
  const file = path.join(root, 'docs/performance.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(<!-- figures -->\n)[\s\S]*(\n<!-- end of figures -->)/, `$1${table}$2`))
}
