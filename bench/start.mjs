import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { percentile, scratchFolder, sleep, startServer } from './server.mjs'
import { writeProject } from './trigger.mjs'

const program = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../dist/stratus.js')

/** Measures the time from the start of the program to its ready file, and the memory of an idle server. */
export async function measureStart({ rounds = 5, databaseUrl }) {
  const [cold, warm, postgres] = [[], [], []]
  const project = writeProject(scratchFolder('start'))
  for (let round = 0; round < rounds; round++) {
    const data = path.join(scratchFolder('data'), 'data')
    cold.push(await startAndStop(['dev', project, '--data-dir', data]))
    warm.push(await startAndStop(['dev', project, '--data-dir', data]))
  }
  const data = scratchFolder('serve')
  const environment = { DATABASE_URL: databaseUrl, STRATUS_ADMIN_TOKEN: 'bench-token-bench-token-bench-token' }
  const migrated = spawnSync(process.execPath, [program, 'migrate'], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
  })
  if (migrated.status !== 0) throw new Error(`stratus migrate failed: ${migrated.stderr}`)
  await startAndStop(['serve', '--data-dir', data], environment)
  for (let round = 0; round < rounds; round++)
    postgres.push(await startAndStop(['serve', '--data-dir', data], environment))
  return {
    'start, embedded, cold, median ms': percentile(cold, 0.5),
    'start, embedded, warm, median ms': percentile(warm, 0.5),
    'start, PostgreSQL, median ms': percentile(postgres, 0.5),
    'idle memory of serve on PostgreSQL, MB': await idleMemory(data, environment),
  }
}

async function startAndStop(args, environment) {
  const server = await startServer(args, environment)
  await server.stop()
  return server.startMs
}

async function idleMemory(data, environment) {
  const server = await startServer(['serve', '--data-dir', data], environment)
  await sleep(15_000)
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })
  await server.stop()
  return Number(stdout.trim()) / 1024
}
