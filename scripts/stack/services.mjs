import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { imageDefaults, readDockerfile } from '../lib/dockerfile.mjs'
import { binDir, program, root, stateDir } from '../lib/paths.mjs'
import { waitFor } from '../lib/programs.mjs'
import { capture, outputOf } from '../lib/run-command.mjs'
import { mapService } from './mapping.mjs'
import { startDatabase } from './postgres.mjs'

const binDirs = { stratus: binDir('dbt'), airflow: binDir('airflow-postgres') }

/**
 * Starts the services of a compose file without containers: each one's own command with its own environment, in the
 * order of its dependencies, ready when its own health check says so.
 */
export function createStack(programs, { services, base, dir, ports, extraEnvironment }) {
  rmSync(dir, { recursive: true, force: true })
  const started = {}
  const changesUser = othersMayRunDbt()

  async function start(name) {
    const service = services[name]
    if (service.image.startsWith('postgres:')) {
      started[name] = await startDatabase(service.environment)
      ports[`${name}:5432`] = started[name].port
      return
    }
    const native = nativeOf(name)
    if (service.healthcheck.disable) {
      started[name] = { output: await outputOf(...native.command, native.options) }
      return
    }
    const isHealthy = async () => (await capture(...native.healthcheck, native.options)).code === 0 || undefined
    const replicas = await Promise.all(
      replicaNames(name).map(async (replica) => {
        const logFile = path.join(dir, `${replica}.log`)
        const running = programs.start(replica, ...native.command, { ...native.options, logFile })
        await waitFor(running, isHealthy, 180_000)
        return running
      }),
    )
    started[name] = Object.assign(replicas[0], { replicas })
  }

  function replicaNames(name) {
    const count = services[name].deploy?.replicas ?? 1
    return Array.from({ length: count }, (_, index) => (index === 0 ? name : `${name}-${index + 1}`))
  }

  function nativeOf(name) {
    const service = services[name]
    const kind = service.image.startsWith('stratus-airflow:') ? 'airflow' : 'stratus'
    const image = imageDefaults(readDockerfile(path.resolve(root, service.build.dockerfile ?? 'Dockerfile')))
    const toLocal = mapService(name, services, { base, dir, ports })
    const { PATH: _, ...environment } = { ...image.environment, ...service.environment }
    const mapped = Object.entries(environment).map(([key, value]) => [key, toLocal(String(value))])
    // Nothing of this shell: a container would not see it either.
    const env = {
      PATH: [binDirs[kind], path.dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter),
      HOME: path.join(dir, name),
      LANG: 'C.UTF-8',
      ...(kind === 'airflow' && { AIRFLOW_HOME: toLocal('/opt/airflow') }),
      ...Object.fromEntries(mapped),
      ...extraEnvironment(name),
    }
    if (!changesUser) delete env.STRATUS_DBT_USER
    const command = [...(service.entrypoint ?? image.entrypoint), ...(service.command ?? image.command)].map(toLocal)
    return {
      command: programOf(command, kind),
      healthcheck: service.healthcheck.test && programOf(service.healthcheck.test.slice(1).map(toLocal), kind),
      options: { cwd: dir, env },
    }
  }

  return { start, started, changesUser, environmentOf: (name) => nativeOf(name).options.env }
}

/** Containers of the stack run dbt as another user. Here it takes root, and a Python that is not below root's own folder. */
function othersMayRunDbt() {
  if (process.getuid() !== 0) return false
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', '--']
  // The programs that setpriv starts itself are found with the rights of root.
  const start = ['sh', '-c', 'exec "$0" --version', path.join(binDirs.stratus, 'python')]
  return spawnSync('setpriv', [...nobody, ...start]).status === 0
}

/** The programs that the images have, as this machine has them. */
function programOf(command, kind) {
  const [name, ...args] = command[0] === 'tini' ? command.slice(2) : command
  if (name === 'stratus') return [process.execPath, [program, ...args]]
  if (name === 'node') {
    // The image has "stratus" on its PATH.
    const isSetUp = args[0]?.endsWith('set-up.mjs')
    return [process.execPath, [...args, ...(isSetUp ? [`--stratus=${program}`] : [])]]
  }
  if (name === 'python') return [path.join(binDirs.airflow, 'python'), args]
  if (kind !== 'airflow') throw new Error(`the image of Stratus has no known program ${name}`)
  // The entry point of Airflow's image.
  return [path.join(binDirs.airflow, 'airflow'), [name, ...args]]
}

export const stackDir = path.join(stateDir, 'stack')

/** On this machine all services share one address, so that each Stratus needs a port of its own. */
export function portOfStratus(ports, name) {
  const port = ports[`${name}:8443`]
  return port ? { STRATUS_PORT: String(port), STRATUS_HOST: '127.0.0.1' } : {}
}
