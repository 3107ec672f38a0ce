import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../scripts/lib/paths.mjs'
import { startPostgres } from '../test/support/database/postgres-server.mjs'
import { benchAirflow } from './airflow/airflow.mjs'
import { measureCancel } from './cancel.mjs'
import { measureRestarts, restartLimits } from './database-restarts.mjs'
import { evilLimits, measureEvil } from './evil.mjs'
import { floodingLimits, measureFlooding } from './flooding.mjs'
import { measureServing, servingFloors, servingLimits } from './http.mjs'
import { describeMachine } from './machine.mjs'
import { measureOverhead } from './overhead.mjs'
import { listLimits, measureRunLists } from './run-lists.mjs'
import { measureRunViews, viewLimits } from './run-views.mjs'
import { measureScrubbing, scrubbingLimits } from './scrubbing.mjs'
import { measureSimulated } from './simulated.mjs'
import { measureStart } from './start.mjs'
import { measureTrigger } from './trigger.mjs'
import { measureUsers, userLimits } from './users.mjs'

/** Each figure must stay below its limit. */
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
  'run through the API / bare dbt build, median of pairs': 1.08,
  'run from git through the API / bare dbt build, median of pairs': 1.12,
  'cancel answered, max ms': 50,
  'processes gone, dbt, max ms': 1500,
  'processes gone, SIGINT ignored, max ms': 6000,
  'simulated engine: server up, median ms': 1500,
  'simulated engine: a run at time scale 0, median ms': 50,
  ...restartLimits,
  ...floodingLimits,
  ...evilLimits,
  ...scrubbingLimits,
  ...servingLimits,
  ...listLimits,
  ...viewLimits,
  ...userLimits,
}

/** Each figure must reach its floor. */
const floors = servingFloors

const measurements = {
  starting: () => withDatabase((databaseUrl) => measureStart({ databaseUrl })),
  triggering: async () => ({
    ...(await withDatabase((databaseUrl) => measureTrigger({ databaseUrl }))),
    ...named(', embedded', await measureTrigger()),
  }),
  running: () => measureOverhead(),
  separating: () => measureUsers(),
  cancelling: () => measureCancel(),
  restarting: () => measureRestarts(),
  flooding: () => measureFlooding(),
  evil: () => measureEvil(),
  scrubbing: () => measureScrubbing(),
  simulating: () => measureSimulated(),
  serving: () => measureServing(),
  listing: () => measureRunLists(),
  viewing: () => measureRunViews(),
}

/** Measures all, or what the arguments name; `--write` puts the figures into docs/performance.md. 1 when a limit is missed. */
export async function bench(args) {
  // Minutes, and a table of its own.
  if (args.includes('airflow')) return benchAirflow({ write: args.includes('--write') })
  const unknown = args.find((arg) => arg !== '--write' && !Object.hasOwn(measurements, arg))
  if (unknown !== undefined)
    throw new Error(`${unknown} is none of --write, ${Object.keys(measurements).join(', ')}, airflow`)
  const chosen = args.filter((arg) => arg !== '--write')
  const figures = await measure(chosen.length > 0 ? chosen : Object.keys(measurements))
  console.log(tableOf(describeMachine(), rowsOf(figures)))
  if (args.includes('--write')) write(figures)
  return Object.entries(figures).every(([name, value]) => isKept(name, value)) ? 0 : 1
}

async function measure(names) {
  const figures = {}
  for (const name of names) {
    console.error(`${name} …`)
    Object.assign(figures, await measurements[name]())
  }
  return figures
}

/** Each measurement has a PostgreSQL of its own: a database belongs to the servers of one secret key. */
async function withDatabase(work) {
  const postgres = await startPostgres()
  try {
    return await work(postgres.url)
  } finally {
    await postgres.stop()
  }
}

/** The same figures under names with an addition before the unit. */
function named(addition, figures) {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name.replace(',', `${addition},`), value]))
}

/** The figures' rows by their names. */
function rowsOf(figures) {
  return new Map(
    Object.entries(figures).map(([name, value]) => {
      const digits = value < 0.1 ? 3 : value < 10 ? 2 : 0
      return [name, `| ${name} | ${value.toFixed(digits)} | ${verdictOf(name, value)} |`]
    }),
  )
}

function tableOf(machine, rows) {
  return [machine, '', '| figure | measured | limit |', '|---|--:|---|', ...rows.values()].join('\n')
}

function isKept(name, value) {
  return value <= (limits[name] ?? Number.POSITIVE_INFINITY) && value >= (floors[name] ?? Number.NEGATIVE_INFINITY)
}

function verdictOf(name, value) {
  const [kept, missed, bound] = name in floors ? ['≥', '<', floors[name]] : ['≤', '>', limits[name]]
  if (bound === undefined) return ''
  return isKept(name, value) ? `${kept} ${bound}` : `**${missed} ${bound}**`
}

/** Figures that were not measured now stay as they were. */
function write(figures) {
  const file = path.join(root, 'docs/performance.md')
  const text = readFileSync(file, 'utf8')
  const [whole, start, before, end] = /(<!-- figures -->\n)([\s\S]*)(\n<!-- end of figures -->)/.exec(text)
  const rows = new Map(
    before.split('\n').flatMap((row) => (row.startsWith('| ') ? [[row.split(' | ')[0].slice(2), row]] : [])),
  )
  rows.delete('figure')
  for (const [name, row] of rowsOf(figures)) rows.set(name, row)
  writeFileSync(
    file,
    text.replace(whole, () => `${start}${tableOf(describeMachine(), rows)}${end}`),
  )
}
