import path from 'node:path'
import { findFreePort } from './free-port.mjs'
import { binDir, root } from './paths.mjs'
import { waitFor } from './programs.mjs'

const bundledDags = path.join(root, 'airflow-dags', 'dags')

/**
 * Starts a whole Airflow on SQLite with the bundled DAGs and a connection to Stratus; gives its address. It writes its
 * lineage events into `lineageFile`, if that is given. Other DAGs, another virtual environment and more variables are
 * for whoever compares.
 */
export async function startAirflow(programs, ready, options) {
  const { home, logFile, dagId, lineageFile, dagsFolder = bundledDags, venv = 'airflow', variables } = options
  // It listens so long after it was chosen that another one, started meanwhile, would choose the same.
  const port = await findFreePort(options.firstPort ?? 8080, [ready.port])
  const workerLogPort = await findFreePort(port + 1, [ready.port])
  const triggerLogPort = await findFreePort(workerLogPort + 1, [ready.port])
  const url = `http://localhost:${port}`
  const env = {
    ...environmentWithoutAirflow(),
    PATH: `${binDir(venv)}${path.delimiter}${process.env.PATH}`,
    AIRFLOW_HOME: home,
    // SQLite lets one write at a time, and a busy machine needs longer than its 5 s until it is the next one's turn.
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `sqlite:///${path.join(home, 'airflow.db')}?timeout=60`,
    AIRFLOW__LOGGING__BASE_LOG_FOLDER: path.join(home, 'logs'),
    AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT: String(workerLogPort),
    AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT: String(triggerLogPort),
    AIRFLOW__CORE__DAGS_FOLDER: dagsFolder,
    AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
    AIRFLOW__CORE__PARALLELISM: '4',
    // Everybody is an administrator without a password, so nobody but this machine may ask.
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
    AIRFLOW__API__HOST: '127.0.0.1',
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__BASE_URL: url,
    AIRFLOW__API__WORKERS: '1',
    // The tasks report here; left alone it names port 8080 whatever the server's own port is.
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${url}/execution/`,
    // A busy machine may need longer for the first task's question than the 5 s that are usual.
    AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: '60',
    ...(lineageFile && {
      AIRFLOW__OPENLINEAGE__TRANSPORT: JSON.stringify({ type: 'file', log_file_path: lineageFile, append: true }),
      AIRFLOW__OPENLINEAGE__NAMESPACE: 'airflow-of-tests',
    }),
    AIRFLOW_CONN_DBT_CLOUD_DEFAULT: ready.airflow_connection,
    REQUESTS_CA_BUNDLE: ready.ca_bundle_file,
    SSL_CERT_FILE: ready.ca_bundle_file,
    NO_PROXY: ['localhost', '127.0.0.1', process.env.NO_PROXY].filter(Boolean).join(','),
    // macOS ends forked children that touch some system libraries, unless told not to.
    OBJC_DISABLE_INITIALIZE_FORK_SAFETY: 'YES',
    ...variables,
  }
  const program = programs.start('Airflow', path.join(binDir(venv), 'airflow'), ['standalone'], {
    cwd: root,
    env,
    logFile,
  })
  const airflow = { url, program }
  await waitFor(program, () => isHealthy(url), 180_000)
  airflow.token = (await readJson(`${url}/auth/token`)).access_token
  await waitFor(program, () => hasDag(airflow, dagId), 60_000)
  return airflow
}

/** Starts a DAG with parameters and gives its run once that has ended. */
export async function runDag(airflow, dagId, conf) {
  const runs = `/api/v2/dags/${dagId}/dagRuns`
  const { dag_run_id: runId } = await askAirflow(airflow, runs, { logical_date: null, conf })
  return await waitFor(
    airflow.program,
    async () => {
      const run = await askAirflow(airflow, `${runs}/${encodeURIComponent(runId)}`)
      return run.state === 'success' || run.state === 'failed' ? run : undefined
    },
    600_000,
  )
}

/** Reads what a task of a DAG run handed on under `key`, or undefined. */
export async function readXcom(airflow, dagRun, taskId, key) {
  try {
    return (await askAirflow(airflow, `${taskPath(dagRun, taskId)}/xcomEntries/${key}`)).value
  } catch (error) {
    if (error.status === 404) return undefined
    throw error
  }
}

/** Reads the log of one try of a task, one line per message. */
export async function readTaskLog(airflow, dagRun, taskId, tryNumber = 1) {
  const { content } = await askAirflow(airflow, `${taskPath(dagRun, taskId)}/logs/${tryNumber}?full_content=true`)
  return content.flatMap(({ event, error_detail }) => [
    event,
    ...(error_detail || []).map(({ exc_type, exc_value }) => `${exc_type}: ${exc_value}`),
  ])
}

function taskPath({ dag_id, dag_run_id }, taskId) {
  return `/api/v2/dags/${dag_id}/dagRuns/${encodeURIComponent(dag_run_id)}/taskInstances/${taskId}`
}

async function isHealthy(url) {
  try {
    const health = await readJson(`${url}/api/v2/monitor/health`)
    return Object.values(health).every(({ status }) => status === 'healthy') || undefined
  } catch {
    // Not listening yet.
    return undefined
  }
}

async function hasDag(airflow, dagId) {
  const { dags } = await askAirflow(airflow, '/api/v2/dags')
  return dags.some(({ dag_id }) => dag_id === dagId) || undefined
}

/** Asks Airflow's API, with a body by POST. */
export function askAirflow({ url, token }, route, body, method = 'POST') {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  if (!body) return readJson(`${url}${route}`, { headers })
  return readJson(`${url}${route}`, {
    method,
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function readJson(url, init = {}) {
  // Longer than SQLite may wait for its turn (above).
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(90_000) })
  if (response.ok) return await response.json()
  const error = new Error(`${init.method || 'GET'} ${url}: ${response.status} ${(await response.text()).slice(0, 500)}`)
  error.status = response.status
  throw error
}

/** The user's own Airflow settings are for the user's own Airflow. */
function environmentWithoutAirflow() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AIRFLOW')))
}
