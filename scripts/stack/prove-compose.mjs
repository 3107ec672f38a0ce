import path from 'node:path'
import { binDir, root } from '../lib/paths.mjs'
import { PlainError } from '../lib/plain-error.mjs'
import { stopTree } from '../lib/process-tree.mjs'
import { outputOf } from '../lib/run-command.mjs'
import { readStratus } from '../lib/stratus-server.mjs'
import { startOrder } from './compose-file.mjs'
import { describeCompose } from './describe-compose.mjs'
import { chooseDags, runThroughStack, signIn } from './run-dags.mjs'
import { runJob } from './run-job.mjs'
import { stackDir } from './services.mjs'
import { shareRuns } from './share-runs.mjs'
import { createSteps } from './steps.mjs'

const drainMs = 40_000
const doctor = path.join(root, 'src', 'cli', 'doctor', 'airflow_doctor')

export async function proveCompose(programs) {
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

/** Airflow's containers have its doctor beside their other files, and the connection in Airflow's database. */
async function examine(stack) {
  for (const name of ['airflow-scheduler', 'airflow-triggerer']) {
    const env = stack.environmentOf(name)
    const python = path.join(binDir('airflow-postgres'), 'python')
    await outputOf(python, [doctor], { cwd: stackDir, env })
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
