import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { askAirflow, runDag, startAirflow } from '../../scripts/lib/airflow-server.mjs'
import { somewhere } from '../../scripts/lib/free-port.mjs'
import { binDir, root } from '../../scripts/lib/paths.mjs'
import { stopTree } from '../../scripts/lib/process-tree.mjs'
import { withPrograms } from '../../scripts/lib/programs.mjs'
import { capture } from '../../scripts/lib/run-command.mjs'
import { readStratus, startStratus } from '../../scripts/lib/stratus-server.mjs'
import { setUp } from '../../scripts/set-up/set-up.mjs'
import { describeMachine } from '../machine.mjs'
import { percentile, scratchFolder } from '../server.mjs'
import { peakOfTasks } from './memory.mjs'
import { writeProjects } from './projects.mjs'

const projects = { coffee: 'sample project', wide: '50 models' }
const tools = { operator: 'operator, Stratus', bash: 'BashOperator', cosmos: 'Cosmos' }
const limits = {
  'operator / BashOperator, sample project, time': 1.2,
  'operator / BashOperator, 50 models, time': 1.2,
  'task end after dbt’s end, default interval, max s': 1.5,
}

/** Compares with other ways to run dbt in Airflow; `write` puts both tables into docs/performance.md. 1 when a limit is missed. */
export async function benchAirflow({ write, rounds = 3 }) {
  await setUp(['dbt', 'airflow', 'cosmos'])
  const measured = await withPrograms((programs) => compare(programs, rounds))
  // A signal ended it.
  if (typeof measured === 'number') return measured
  const figures = { ...ratiosOf(measured.runs), ...measured.figures }
  const text = `${describeMachine()}\n\n${tableOfRuns(measured.runs)}\n\n${tableOfFigures(figures)}`
  console.log(text)
  if (write) writeIntoDocs(text)
  return isMissed(measured.runs, figures) ? 1 : 0
}

async function compare(programs, rounds) {
  const folder = scratchFolder('airflow')
  for (const tool of Object.keys(tools)) await prepareProjects(path.join(folder, tool))
  const ready = await startStratusFor(programs, path.join(folder, 'operator'))
  const runs = []
  const figures = {}
  const own = await startAirflowFor(programs, ready, { folder, tool: 'operator', files: ['operator', 'bash'] })
  for (const tool of ['operator', 'bash']) {
    for (const project of Object.keys(projects)) {
      // The first run is for warming up.
      for (let round = 0; round <= rounds; round++) {
        const run = await measureRun(own, tool, project)
        if (round > 0) runs.push(run)
      }
    }
  }
  figures['task end after dbt’s end, default interval, max s'] = await measureLag(own, ready, rounds)
  await stopTree(own.program.pid, 10_000)
  const cosmos = await startAirflowFor(programs, ready, { folder, tool: 'cosmos', files: ['cosmos'] })
  // There are as many tasks as nodes, one after the other, so once is long enough.
  for (const project of Object.keys(projects)) runs.push(await measureRun(cosmos, 'cosmos', project))
  return { runs, figures }
}

/** Every tool has projects of its own that were built once: parsed, with their seeds and tables in place. */
async function prepareProjects(folder) {
  writeProjects(folder)
  for (const project of Object.keys(projects)) {
    const { code, output } = await capture(path.join(binDir('dbt'), 'dbt'), ['build'], {
      cwd: path.join(folder, project),
      env: { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    })
    if (code !== 0) throw new Error(`dbt build of ${project} failed: ${output}`)
  }
}

async function startStratusFor(programs, folder) {
  const jobs = Object.keys(projects).map((name, index) => ({
    id: index + 1,
    name,
    path: path.join(folder, name),
    environments: [
      {
        name: 'Production',
        engine: 'dbt',
        jobs: [{ id: index + 1, name: `Build ${name}`, execute_steps: ['dbt build'] }],
      },
    ],
  }))
  // JSON is YAML too.
  writeFileSync(path.join(folder, 'stratus.yml'), JSON.stringify({ account: { id: 1, name: 'Bench' }, projects: jobs }))
  return await startStratus(programs, {
    project: folder,
    dataDir: path.join(folder, 'data'),
    port: 0,
    logFile: path.join(folder, 'stratus.log'),
  })
}

async function startAirflowFor(programs, ready, { folder, tool, files }) {
  const dagsFolder = path.join(folder, `dags-${tool}`)
  mkdirSync(dagsFolder)
  for (const file of files)
    cpSync(path.join(root, `bench/airflow/with_${file}.py`), path.join(dagsFolder, `with_${file}.py`))
  return await startAirflow(programs, ready, {
    home: path.join(folder, `airflow-${tool}`),
    logFile: path.join(folder, `airflow-${tool}.log`),
    dagsFolder,
    firstPort: somewhere(),
    dagId: `${files.at(-1)}_wide`,
    venv: tool === 'cosmos' ? 'cosmos' : 'airflow',
    variables: {
      BENCH_PROJECTS: path.join(folder, files.at(-1)),
      BENCH_DBT: path.join(binDir('dbt'), 'dbt'),
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      AIRFLOW__COSMOS__ENABLE_TELEMETRY: 'False',
    },
  })
}

async function measureRun(airflow, tool, project) {
  process.stderr.write(`${tool}, ${project} …`)
  const { result: dagRun, peak } = await peakOfTasks(airflow.program.pid, () =>
    runDag(airflow, `${tool}_${project}`, {}),
  )
  const instances = await readInstances(airflow, dagRun)
  if (dagRun.state !== 'success') {
    const failed = instances.filter(({ state }) => state === 'failed').map(({ task_id }) => task_id)
    throw new Error(`${dagRun.dag_id} is ${dagRun.state}: ${failed.join(', ')}; see ${airflow.program.logFile}`)
  }
  const seconds = secondsBetween(dagRun.start_date, dagRun.end_date)
  process.stderr.write(` ${seconds.toFixed(1)} s\n`)
  return { tool, project, seconds, instances: instances.length, ...peak }
}

async function readInstances(airflow, { dag_id, dag_run_id }) {
  const route = `/api/v2/dags/${dag_id}/dagRuns/${encodeURIComponent(dag_run_id)}/taskInstances?limit=1000`
  return (await askAirflow(airflow, route)).task_instances
}

/** Says how long after dbt's last step a task ends that asks every 60 s only. */
async function measureLag(airflow, ready, rounds) {
  const lags = []
  for (let round = 0; round < rounds; round++) {
    const dagRun = await runDag(airflow, 'operator_default_interval', {})
    const [task] = await readInstances(airflow, dagRun)
    const [{ id }] = await readStratus(ready, 'runs/?order_by=-id&limit=1')
    const run = await readStratus(ready, `runs/${id}/?include_related=["run_steps"]`)
    if (dagRun.state !== 'success') throw new Error(`run ${id} is ${run.status_humanized}: ${run.status_message}`)
    lags.push(secondsBetween(run.run_steps.at(-1).finished_at, task.end_date))
  }
  return Math.max(...lags)
}

function secondsBetween(from, to) {
  return (Date.parse(to) - Date.parse(from)) / 1000
}

function medianOf(runs, tool, project, key) {
  const values = runs.filter((run) => run.tool === tool && run.project === project).map((run) => run[key])
  return percentile(values, 0.5)
}

function ratiosOf(runs) {
  return Object.fromEntries(
    Object.entries(projects).map(([project, name]) => [
      `operator / BashOperator, ${name}, time`,
      medianOf(runs, 'operator', project, 'seconds') / medianOf(runs, 'bash', project, 'seconds'),
    ]),
  )
}

/** It is over a limit, slower than Cosmos, or not the lightest. */
function isMissed(runs, figures) {
  if (Object.entries(figures).some(([name, value]) => value > (limits[name] ?? Number.POSITIVE_INFINITY))) return true
  return Object.keys(projects).some((project) => {
    const of = (tool, key) => medianOf(runs, tool, project, key)
    const isLightest = ['bash', 'cosmos'].every((tool) => of('operator', 'resident') < of(tool, 'resident'))
    return !isLightest || of('operator', 'seconds') >= of('cosmos', 'seconds')
  })
}

function tableOfRuns(runs) {
  const rows = Object.entries(projects).flatMap(([project, projectName]) =>
    Object.entries(tools).map(([tool, toolName]) => {
      const of = (key, digits = 0) => medianOf(runs, tool, project, key).toFixed(digits)
      return `| ${projectName} | ${toolName} | ${of('seconds', 1)} | ${of('instances')} | ${of('resident')} | ${of('proportional')} |`
    }),
  )
  const head = '| project | tool | DAG, s | task instances | peak of the tasks, MB | shared memory counted once, MB |'
  return [head, '|---|---|--:|--:|--:|--:|', ...rows].join('\n')
}

function tableOfFigures(figures) {
  const rows = Object.entries(figures).map(([name, value]) => {
    const limit = limits[name]
    const verdict = limit === undefined ? '' : value <= limit ? `≤ ${limit}` : `**> ${limit}**`
    return `| ${name} | ${value.toFixed(value < 10 ? 2 : 0)} | ${verdict} |`
  })
  return ['| figure | measured | limit |', '|---|--:|---|', ...rows].join('\n')
}

function writeIntoDocs(text) {
  const file = path.join(root, 'docs/performance.md')
  const marked = /(<!-- airflow -->\n)[\s\S]*(\n<!-- end of airflow -->)/
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(marked, (_, begin, end) => `${begin}${text}${end}`),
  )
}
