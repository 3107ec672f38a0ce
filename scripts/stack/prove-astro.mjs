import path from 'node:path'
import { findFreePort } from '../lib/free-port.mjs'
import { root, stateDir } from '../lib/paths.mjs'
import { readCompose } from './compose-file.mjs'
import { runJob } from './run-job.mjs'
import { createStack, portOfStratus } from './services.mjs'
import { createSteps } from './steps.mjs'

/** The Stratus of the Astro project, as far as it is ours. */
export async function proveAstro(programs) {
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
