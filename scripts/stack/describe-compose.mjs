import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findFreePort } from '../lib/free-port.mjs'
import { root } from '../lib/paths.mjs'
import { readCompose, readEnvFile } from './compose-file.mjs'
import { createStack, portOfStratus, stackDir } from './services.mjs'

/** The stack of docker-compose.yml with an .env as docker/make-env.sh makes it, on free ports. */
export async function describeCompose(programs) {
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
