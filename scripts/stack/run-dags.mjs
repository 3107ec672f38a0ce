import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runDag } from '../lib/airflow-server.mjs'
import { root } from '../lib/paths.mjs'
import { PlainError } from '../lib/plain-error.mjs'
import { readStratus } from '../lib/stratus-server.mjs'
import { stackDir } from './services.mjs'

const dagsDir = path.join(root, 'airflow-dags', 'dags')

export async function signIn(port, password, stack) {
  const url = `http://localhost:${port}`
  const response = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  })
  if (!response.ok) throw new PlainError(`Airflow did not let admin in: ${response.status} ${await response.text()}`)
  const { access_token: token } = await response.json()
  return { url, token, program: stack.started['airflow-apiserver'] }
}

/**
 * One DAG whose task waits by itself, and one that is deferred to the triggerer: their clients trust different variables.
 * It also runs those that need what the stack defines beside the connection: another connection, a pool.
 */
export function chooseDags() {
  const dags = readdirSync(dagsDir).filter((name) => name.endsWith('.py'))
  const deferrable = dags.find((name) => /deferrable=True/.test(readFileSync(path.join(dagsDir, name), 'utf8')))
  return [
    ['waits', 'run_and_wait'],
    ...(deferrable ? [['deferrable', path.basename(deferrable, '.py')]] : []),
    ['connection of its own', 'plain_http'],
    ['pool', 'parallel_projects'],
  ]
}

export async function runThroughStack(airflow, stratus, dagId) {
  await untilParsed(airflow, dagId)
  const before = await newestRun(stratus)
  const dagRun = await runDag(airflow, dagId, { job_id: 1, job_ids: [1] })
  if (dagRun.state !== 'success') {
    const logs = path.join(stackDir, 'volumes', 'airflow-logs', `dag_id=${dagId}`)
    throw new PlainError(`The DAG run of ${dagId} is ${dagRun.state}. Its log is below ${logs}.`)
  }
  const run = await newestRun(stratus)
  if (run?.id === before?.id) throw new PlainError(`The DAG ${dagId} ended without a run of Stratus.`)
  if (run.status !== 10) throw new PlainError(`Run ${run.id} is ${run.status_humanized}: ${run.status_message}`)
  return `run ${run.id} ${run.status_humanized}`
}

async function newestRun(stratus) {
  return (await readStratus(stratus, 'runs/?order_by=-id&limit=1'))[0]
}

async function untilParsed({ url, token }, dagId) {
  const deadline = Date.now() + 90_000
  for (;;) {
    const response = await fetch(`${url}/api/v2/dags/${dagId}`, { headers: { Authorization: `Bearer ${token}` } })
    if (response.ok) return
    if (Date.now() > deadline) throw new PlainError(`Airflow does not know the DAG ${dagId} after 90 s.`)
    await sleep(500)
  }
}
