// Proves docker-compose.yml without containers: runs the command of every service as it stands there, with the same
// environment on local folders and ports, and lets DAGs of its Airflow run dbt through its Stratus. Then the same with
// the Stratus of the Astro project, as far as it is ours.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runDag } from './lib/airflow-server.mjs'
import { readCompose, readEnvFile, startOrder } from './lib/compose-file.mjs'
import { findFreePort } from './lib/free-port.mjs'
import { program, root, stateDir } from './lib/paths.mjs'
import { PlainError, runMain } from './lib/plain-error.mjs'
import { stopTree } from './lib/process-tree.mjs'
import { withPrograms } from './lib/programs.mjs'
import { formatSeconds } from './lib/progress.mjs'
import { capture } from './lib/run-command.mjs'
import { setUp } from './lib/set-up.mjs'
import { createStack, stackDir } from './lib/stack-services.mjs'
import { postStratus, readStratus } from './lib/stratus-server.mjs'
import { binDir } from './lib/virtual-environment.mjs'

const drainMs = 40_000
const workerRounds = 10
const doctor = path.join(root, 'src', 'cli', 'doctor', 'airflow_doctor.py')
const dagsDir = path.join(root, 'airflow-dags', 'dags')

await runMain(async () => {
  await setUp(['dbt', 'airflow-postgres'])
  let passed = 0
  for (const prove of [proveCompose, proveAstro]) {
    const result = await withPrograms(prove)
    // A signal ended it.
    if (typeof result === 'number') return result
    passed += result.passed
  }
  console.log(`\n${passed} passed, 0 failed`)
  return 0
})

function createSteps(title) {
  console.log(`\n${title}`)
  const steps = { passed: 0 }
  return {
    steps,
    /** Does one thing that must succeed, and says how long it took. */
    async step(name, work) {
      const started = performance.now()
      const said = await work()
      steps.passed += 1
      console.log(`  ${name}: ${formatSeconds(performance.now() - started)}${said ? `, ${said}` : ''}`)
    },
  }
}

async function proveCompose(programs) {
  const { steps, step } = createSteps('docker-compose.yml')
  const { stack, services, variables, ports } = await describeCompose(programs)
  if (!stack.changesUser)
    console.log('  (dbt runs as your own user: it takes root and a Python outside of its home to change that)')
  for (const name of startOrder(services, ['workers', 'dev'])) await step(name, () => stack.start(name))
  const stratus = {
    url: `https://localhost:${ports['stratus:8443']}`,
    account_id: 1,
    token: variables.STRATUS_ADMIN_TOKEN,
    ca_file: path.join(stackDir, 'volumes', 'stratus-data', 'tls', 'ca.pem'),
  }
  const airflow = await signIn(ports['airflow-apiserver:8080'], variables.AIRFLOW_ADMIN_PASSWORD, stack)
  for (const [kind, dagId] of chooseDags()) {
    await step(`DAG ${dagId} (${kind})`, () => runThroughStack(airflow, stratus, dagId))
  }
  await step('runs are executed by both workers', () => shareRuns(stratus, stack.started['stratus-worker'].replicas))
  await step('doctor in the scheduler and the triggerer', () => examine(stack))
  await step('tables in the warehouse', () => countTables(stack.started.warehouse))
  await step('stratus-dev runs its job', () => runJob(stack.environmentOf('stratus-dev')))
  await step('all is there after a restart', () => restart(stack, stratus))
  await programs.stopAll()
  for (const name of Object.keys(services)) await stack.started[name].stop?.()
  return steps
}

async function proveAstro(programs) {
  const { steps, step } = createSteps('airflow-dags/docker-compose.override.yml')
  const base = path.join(root, 'airflow-dags')
  const { services } = readCompose(path.join(base, 'docker-compose.override.yml'), {})
  const ports = { 'stratus:8443': await findFreePort(18443) }
  const extraEnvironment = (name) => portOfStratus(ports, name)
  const stack = createStack(programs, {
    services,
    base,
    dir: path.join(stateDir, 'stack-astro'),
    ports,
    extraEnvironment,
  })
  for (const name of ['stratus', 'stratus-setup']) await step(name, () => stack.start(name))
  await step('its job', () => runJob(stack.environmentOf('stratus-setup')))
  return steps
}

/** Starts runs, of several jobs at a time, until each of the workers has executed one. */
async function shareRuns(stratus, workers) {
  const executed = new Map(workers.map(({ pid }) => [pid, 0]))
  for (let round = 1; round <= workerRounds; round++) {
    const started = await Promise.all(
      [1, 2, 3].map((job) => postStratus(stratus, `jobs/${job}/run/`, { cause: 'stack', steps_override: ['dbt ls'] })),
    )
    for (const { id } of started) {
      const run = await untilEnded(stratus, id)
      // A worker's name is its machine, its process and something by chance.
      const pid = Number(run.executed_by_thread_id.split('-').at(-2))
      if (executed.has(pid)) executed.set(pid, executed.get(pid) + 1)
    }
    const counts = [...executed.values()]
    if (counts.every((count) => count > 0)) return `${counts.join(' and ')} of ${3 * round} runs`
  }
  throw new PlainError(`After ${workerRounds} rounds the workers have executed ${[...executed.values()]} runs.`)
}

async function untilEnded(stratus, runId) {
  const deadline = Date.now() + 60_000
  for (;;) {
    const run = await readStratus(stratus, `runs/${runId}/`)
    if (run.is_complete) {
      if (!run.is_success) throw new PlainError(`Run ${runId} is ${run.status_humanized}: ${run.status_message}`)
      return run
    }
    if (Date.now() > deadline) throw new PlainError(`Run ${runId} has not ended after 60 s.`)
    await sleep(100)
  }
}

/** Airflow's containers have its doctor beside their other files, and the connection in Airflow's database. */
async function examine(stack) {
  for (const name of ['airflow-scheduler', 'airflow-triggerer']) {
    const env = stack.environmentOf(name)
    const python = path.join(binDir('airflow-postgres'), 'python')
    const { code, output } = await capture(python, [doctor], { cwd: stackDir, env })
    if (code !== 0) throw new PlainError(`The doctor has found something in ${name}:\n${output}`)
  }
}

async function restart(stack, stratus) {
  await stopTree(stack.started.stratus.pid, drainMs)
  await stack.start('stratus')
  await stack.start('stratus-setup')
  const { output } = stack.started['stratus-setup']
  if (!output.includes('has its connections already'))
    throw new PlainError(`Airflow's token did not survive.\n${output}`)
  const runs = await readStratus(stratus, 'runs/')
  if (runs.length === 0) throw new PlainError('The runs did not survive.')
}

/** The stack of docker-compose.yml with an .env as docker/make-env.sh makes it, on free ports. */
async function describeCompose(programs) {
  const taken = []
  const free = async (from) => {
    taken.push(await findFreePort(from, taken))
    return taken.at(-1)
  }
  const ports = {
    'stratus:8443': await free(18443),
    'stratus-dev:8443': await free(18500),
    'airflow-apiserver:8080': await free(18080),
  }
  const logPorts = { 'airflow-scheduler': await free(18793), 'airflow-triggerer': await free(18900) }
  const variables = {
    ...makeEnv(),
    STRATUS_PUBLISHED_PORT: String(ports['stratus:8443']),
    STRATUS_DEV_PUBLISHED_PORT: String(ports['stratus-dev:8443']),
    AIRFLOW_PUBLISHED_PORT: String(ports['airflow-apiserver:8080']),
  }
  const { services } = readCompose(path.join(root, 'docker-compose.yml'), variables)
  // Containers have an address each; here all share one, so that ports which are the same inside must differ.
  const extraEnvironment = (name) => ({
    ...portOfStratus(ports, name),
    ...(name === 'airflow-apiserver' && { AIRFLOW__API__PORT: variables.AIRFLOW_PUBLISHED_PORT }),
    ...(name === 'airflow-scheduler' && { AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(logPorts[name]) }),
    ...(name === 'airflow-triggerer' && { AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(logPorts[name]) }),
  })
  const stack = createStack(programs, { services, base: root, dir: stackDir, ports, extraEnvironment })
  return { stack, services, variables, ports }
}

function makeEnv() {
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-env-'))
  try {
    execFileSync('sh', [path.join(root, 'docker/make-env.sh'), path.join(folder, '.env')])
    return readEnvFile(path.join(folder, '.env'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function portOfStratus(ports, name) {
  const port = ports[`${name}:8443`]
  return port ? { STRATUS_PORT: String(port), STRATUS_HOST: '127.0.0.1' } : {}
}

async function signIn(port, password, stack) {
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
 * And those that need what the stack defines beside the connection: another connection, a pool.
 */
function chooseDags() {
  const dags = readdirSync(dagsDir).filter((name) => name.endsWith('.py'))
  const deferrable = dags.find((name) => /deferrable=True/.test(readFileSync(path.join(dagsDir, name), 'utf8')))
  return [
    ['waits', 'run_and_wait'],
    ...(deferrable ? [['deferrable', path.basename(deferrable, '.py')]] : []),
    ['connection of its own', 'plain_http'],
    ['pool', 'parallel_projects'],
  ]
}

async function runThroughStack(airflow, stratus, dagId) {
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

async function countTables(warehouse) {
  const client = await warehouse.connect()
  try {
    const { rows } = await client.query("select count(*)::int as tables from pg_tables where schemaname = 'roastery'")
    if (rows[0].tables === 0) throw new PlainError('dbt built no tables in the warehouse.')
    return `${rows[0].tables} tables`
  } finally {
    await client.end()
  }
}

/** `stratus run Build`, as whoever has this environment. */
async function runJob(env) {
  const { code, output } = await capture(process.execPath, [program, 'run', 'Build'], { cwd: stackDir, env })
  if (code !== 0) throw new PlainError(`"stratus run Build" ended with exit code ${code}.\n${output}`)
}
