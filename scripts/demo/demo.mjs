// Run by `npm run demo`; starts Stratus and an Airflow, lets a DAG run dbt, and shows what came of it.
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { readTaskLog, readXcom, runDag, startAirflow } from '../lib/airflow-server.mjs'
import { findFreePort } from '../lib/free-port.mjs'
import { root, stateDir } from '../lib/paths.mjs'
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { startProgress } from '../lib/progress.mjs'
import { startStratus } from '../lib/stratus-server.mjs'
import { tryLock } from '../set-up/folder-lock.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { summariseRun } from './summary.mjs'

const demoDir = path.join(stateDir, 'demo')
const dagId = 'run_and_wait'

await runMain(async () => {
  const once = process.argv.includes('--once')
  return await withPrograms(async (programs) => {
    const started = Date.now()
    console.log('Checking what is installed (the first start installs it, which takes a few minutes)')
    await setUp(['dbt', 'airflow'])
    const installMs = Date.now() - started
    const lock = path.join(demoDir, 'running')
    const holder = tryLock(lock)
    if (holder !== undefined) throw new PlainError(`The demo already runs in this folder, as process ${holder}.`)
    process.once('exit', () => rmSync(lock, { force: true }))
    return await runDemo(programs, { once, installMs })
  })
})

async function runDemo(programs, { once, installMs }) {
  console.log('\nStarting')
  const stratusProgress = startProgress('Stratus')
  const ready = await startStratus(programs, {
    project: path.join(root, 'examples', 'coffee_roastery'),
    dataDir: path.join(demoDir, 'data'),
    port: await findFreePort(8443),
    logFile: path.join(demoDir, 'stratus.log'),
  })
  const stratusMs = stratusProgress.done(`Stratus, ${ready.url}`)

  const airflowProgress = startProgress('Airflow')
  const airflow = await startAirflow(programs, ready, {
    home: path.join(demoDir, 'airflow'),
    logFile: path.join(demoDir, 'airflow.log'),
    dagId,
  })
  const airflowMs = airflowProgress.done(`Airflow, ${airflow.url}`)

  const dagProgress = startProgress(`DAG ${dagId}`)
  const dagRun = await runDag(airflow, dagId, { job_id: ready.projects[0].environments[0].jobs[0].id })
  const dagMs = dagProgress.done(`DAG ${dagId}, ${dagRun.state}`)

  const runId = await readXcom(airflow, dagRun, 'run_job', 'job_run_id')
  const times = { installMs, stratusMs, airflowMs, dagMs }
  const summary = runId === undefined ? undefined : await summariseRun(ready, runId, times)
  if (summary) console.log(`\n${summary.text}`)
  const succeeded = dagRun.state === 'success' && Boolean(summary?.succeeded)
  if (!succeeded) {
    const log = await readTaskLog(airflow, dagRun, 'run_job')
    console.log(`\nThe DAG run failed. The end of its task log:\n${log.slice(-30).join('\n')}`)
  }
  if (once) return succeeded ? 0 : 1
  console.log(`
  Airflow   ${airflow.url}/dags/${dagId} (no password)
  Stratus   ${ready.url} (its token is in ${path.relative(process.cwd(), ready.readyFile)})
  Sign in   ${signInLink()} (works once)
  Logs      ${path.relative(process.cwd(), demoDir) || '.'}/stratus.log, airflow.log

Ctrl-C stops everything.`)
  return await programs.untilOneEnds()
}

/** `stratus dev` says it where only whoever started it reads. */
function signInLink() {
  return /https:\S+\/sign-in\/\S+/.exec(readFileSync(path.join(demoDir, 'stratus.log'), 'utf8'))?.[0] ?? ''
}
