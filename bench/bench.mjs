import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../scripts/lib/paths.mjs'
import { startPostgres } from '../test/support/postgres-server.mjs'
import { benchAirflow } from './airflow.mjs'
import { measureCancel } from './cancel.mjs'
import { measureServing, servingFloors, servingLimits } from './http.mjs'
import { describeMachine } from './machine.mjs'
import { measureOverhead } from './overhead.mjs'
import { listLimits, measureRunLists } from './run-lists.mjs'
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
  ...servingLimits,
  ...listLimits,
}

/** What each figure must reach. */
const floors = servingFloors

const measurements = {
  starting: ({ databaseUrl }) => measureStart({ databaseUrl }),
  triggering: async ({ databaseUrl }) => ({
    ...(await measureTrigger({ databaseUrl })),
    ...named(', embedded', await measureTrigger()),
  }),
  running: () => measureOverhead(),
  cancelling: () => measureCancel(),
  serving: () => measureServing(),
  listing: () => measureRunLists(),
}

/** Measures all, or what the arguments name; `--write` puts the table into docs/performance.md. 1 when a limit is missed. */
export async function bench(args) {
  // Minutes, and a table of its own.
  if (args.includes('airflow')) return benchAirflow({ write: args.includes('--write') })
  const unknown = args.find((arg) => arg !== '--write' && !Object.hasOwn(measurements, arg))
  if (unknown !== undefined)
    throw new Error(`${unknown} is none of --write, ${Object.keys(measurements).join(', ')}, airflow`)
  const chosen = args.filter((arg) => arg !== '--write')
  const figures = await measure(chosen.length > 0 ? chosen : Object.keys(measurements))
  const table = tableOf(figures)
  console.log(table)
  if (args.includes('--write')) write(table)
  return Object.entries(figures).every(([name, value]) => isKept(name, value)) ? 0 : 1
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
  const rows = Object.entries(figures).map(([name, value]) => {
    const digits = value < 0.1 ? 3 : value < 10 ? 2 : 0
    return `| ${name} | ${value.toFixed(digits)} | ${verdictOf(name, value)} |`
  })
  return [describeMachine(), '', '| figure | measured | limit |', '|---|--:|---|', ...rows].join('\n')
}

function isKept(name, value) {
  return value <= (limits[name] ?? Number.POSITIVE_INFINITY) && value >= (floors[name] ?? Number.NEGATIVE_INFINITY)
}

function verdictOf(name, value) {
  const [kept, missed, bound] = name in floors ? ['≥', '<', floors[name]] : ['≤', '>', limits[name]]
  if (bound === undefined) return ''
  return isKept(name, value) ? `${kept} ${bound}` : `**${missed} ${bound}**`
}

function write(table) {
  const file = path.join(root, 'docs/performance.md')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/(<!-- figures -->\n)[\s\S]*(\n<!-- end of figures -->)/, `$1${table}$2`))
}
