import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cases, firstCase } from '../../test/dags/cases.mjs'
import { describeDagProjects, projectFolders } from '../../test/dags/describe-projects.mjs'
import { createWorld } from '../../test/dags/world.mjs'
import { askAirflow, startAirflow } from '../lib/airflow-server.mjs'
import { somewhere } from '../lib/free-port.mjs'
import { root, stateDir } from '../lib/paths.mjs'
import { waitFor } from '../lib/programs.mjs'
import { formatSeconds, startProgress } from '../lib/progress.mjs'
import { startStratus } from '../lib/stratus-server.mjs'

const caseTimeoutMs = 240_000
// Each DAG run is several processes; more of them at once only wait for one another.
const casesAtOnce = 3

/** Runs every DAG of airflow-dags through a scheduler, a triggerer and dbt of their own; gives the counts. */
export async function runDags(programs, filter = '') {
  const dir = path.join(stateDir, 'dags')
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  copyProjects(dir)
  const stratusProgress = startProgress('Stratus')
  const ready = await startStratus(programs, {
    project: dir,
    dataDir: path.join(dir, 'data'),
    port: 0,
    logFile: path.join(dir, 'stratus.log'),
  })
  stratusProgress.done()
  const airflowProgress = startProgress('Airflow')
  const lineageFile = path.join(dir, 'lineage.jsonl')
  const airflow = await startAirflow(programs, ready, {
    home: path.join(dir, 'airflow'),
    logFile: path.join(dir, 'airflow.log'),
    dagId: firstCase.dag,
    firstPort: somewhere(),
    lineageFile,
  })
  await prepareAirflow(airflow, ready)
  airflowProgress.done()
  return await runCases(createWorld(airflow, ready, { timeoutMs: caseTimeoutMs, lineageFile }), filter)
}

/** The sample project as it is, and with the models of test/dags. */
function copyProjects(dir) {
  const sample = path.join(root, 'examples', 'coffee_roastery')
  const left = new Set(['target', 'logs', 'dbt_packages', '.user.yml'])
  const isSource = (file) => !left.has(path.basename(file)) && !/\.duckdb(\.wal)?$/.test(file)
  for (const name of projectFolders) cpSync(sample, path.join(dir, name), { recursive: true, filter: isSource })
  for (const name of projectFolders.slice(1)) {
    cpSync(path.join(root, 'test', 'dags', 'models'), path.join(dir, name, 'models', 'trials'), { recursive: true })
  }
  // JSON is YAML too.
  writeFileSync(path.join(dir, 'stratus.yml'), JSON.stringify(describeDagProjects(dir), undefined, 2))
}

/** The pool and the connection that the docstrings ask for; then waits until every file of DAGs is known. */
async function prepareAirflow(airflow, ready) {
  await askAirflow(airflow, '/api/v2/pools', { name: 'stratus', slots: 2 })
  await askAirflow(airflow, '/api/v2/connections', {
    connection_id: 'stratus_http',
    conn_type: 'http',
    host: ready.url,
    extra: JSON.stringify({ Authorization: `Token ${ready.token}` }),
  })
  const files = readdirSync(path.join(root, 'airflow-dags', 'dags')).filter((name) => name.endsWith('.py'))
  const wanted = files.map((name) => path.basename(name, '.py'))
  const isKnown = async () => {
    const { dags } = await askAirflow(airflow, '/api/v2/dags?limit=100')
    const known = new Set(dags.map(({ dag_id }) => dag_id))
    return wanted.every((id) => known.has(id)) || undefined
  }
  await waitFor(airflow.program, isKnown, 120_000)
  const tested = new Set([firstCase, ...cases].map(({ dag }) => dag))
  const forgotten = wanted.filter((id) => !tested.has(id))
  if (forgotten.length > 0) throw new Error(`no case in test/dags runs ${forgotten.join(', ')}`)
}

async function runCases(world, filter) {
  const counts = { passed: 0, failed: 0 }
  const runCase = async ({ dag, check }) => {
    const started = Date.now()
    let failure
    try {
      await check(world)
      counts.passed += 1
    } catch (error) {
      counts.failed += 1
      failure = error
    }
    console.log(`  ${failure ? 'FAILED' : 'passed'}  ${dag} (${formatSeconds(Date.now() - started)})`)
    if (failure) console.log(`    ${String(failure.stack).split('\n').slice(0, 60).join('\n    ')}`)
  }
  await runCase(firstCase)
  const waiting = cases.filter(({ dag }) => dag.includes(filter))
  const lanes = Array.from({ length: casesAtOnce }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await runCase(next)
  })
  await Promise.all(lanes)
  return counts
}
