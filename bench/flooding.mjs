import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer } from './server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dbt = path.join(root, '.stratus/venv-dbt/bin/dbt')

export const floodingLimits = {
  'a step that prints 180 MB / bare dbt, median of pairs': 1.3,
  'a step that prints 180 MB: memory of the server, MB more': 60,
  'a step that prints 180 MB: GET runs meanwhile, p99 ms': 100,
}

/** A Python model that prints 180 MB in 300,000 lines, through the API and with bare dbt in turn; other requests go on meanwhile. */
export async function measureFlooding({ rounds = 3 } = {}) {
  const folder = scratchFolder('flooding')
  const [served, bare] = [path.join(folder, 'served'), path.join(folder, 'bare')]
  for (const project of [served, bare]) writeProject(project)
  const environment = { PATH: `${path.dirname(dbt)}:${process.env.PATH}` }
  const server = await startServer(['dev', served, '--data-dir', path.join(folder, 'data')], environment)
  const [client, other] = [0, 1].map(() => createClient(server.ready, server.ready.token))
  const [ratios, waits, memory] = [[], [], []]
  try {
    for (let round = 0; round <= rounds; round++) {
      const bareMs = await build(bare, environment)
      const idle = memoryOf(server.pid)
      const began = performance.now()
      const { id } = await client.call('POST', '/jobs/1/run/', { cause: 'bench' })
      const watched = await watch(other, id, server.pid)
      if (!watched.run.is_success) throw new Error(`the run failed: ${watched.run.status_message}`)
      if (round === 0) continue // warming up
      ratios.push((performance.now() - began) / bareMs)
      waits.push(...watched.waits)
      memory.push(watched.peak - idle)
    }
  } finally {
    for (const each of [client, other]) each.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const [ratio, more, wait] = Object.keys(floodingLimits)
  return { [ratio]: percentile(ratios, 0.5), [more]: Math.max(...memory), [wait]: percentile(waits, 0.99) }
}

/** Asks for the runs every 20 ms until this one has ended. */
async function watch(client, runId, pid) {
  const waits = []
  let peak = 0
  for (;;) {
    const began = performance.now()
    const [run] = await client.call('GET', '/runs/?order_by=-id&limit=1')
    waits.push(performance.now() - began)
    peak = Math.max(peak, memoryOf(pid))
    if (run.id === runId && run.is_complete) return { run, waits, peak }
    await sleep(20)
  }
}

/** Resident megabytes, in Linux; 0 elsewhere. */
function memoryOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0 // there is no /proc here
  }
}

function build(project, environment) {
  const began = performance.now()
  const child = spawn(dbt, ['build'], {
    cwd: project,
    env: { ...process.env, ...environment, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.resume()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve(performance.now() - began) : reject(new Error(`dbt build ended with ${code}`)),
    )
  })
}

function writeProject(folder) {
  const files = {
    'dbt_project.yml': 'name: flood\nversion: "1.0"\nprofile: flood\n',
    'profiles.yml': 'flood:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: flood.duckdb, threads: 1}\n',
    'models/flood.py': `def model(dbt, session):
    dbt.config(materialized="table")
    for n in range(300_000):
        print(f"{n:06} a line of a flood " + "x" * 575)
    return session.sql("select 1 as id")
`,
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), content)
  }
}
