import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer, untilFinished } from './server.mjs'

const standIns = path.resolve(path.dirname(fileURLToPath(import.meta.url)), 'stand-ins')

/**
 * Measures the time from sending the trigger to the first dbt process, and to the trigger's own answer, on an idle server. Each time the program is
 * started by itself as well: what that takes is the machine's part.
 */
export async function measureTrigger({ runs = 200, databaseUrl } = {}) {
  const folder = scratchFolder('trigger')
  const stamps = path.join(folder, 'started')
  writeFileSync(stamps, '')
  writeProject(folder)
  const server = await startServer(['dev', path.join(folder, 'project'), '--data-dir', path.join(folder, 'data')], {
    BENCH_STARTED: stamps,
    PATH: `${standIns}:${process.env.PATH}`,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  })
  const client = createClient(server.ready, server.ready.token)
  const [answers, starts, bare] = [[], [], []]
  try {
    for (let n = 0; n < runs + 3; n++) {
      bare.push(await timeBareStart(folder))
      await sleep(300)
      const sent = now()
      const began = performance.now()
      const run = await client.call('POST', '/jobs/1/run/', { cause: 'bench' })
      const answered = performance.now() - began
      await untilStarted(stamps, n + 1) // asking the server would be work for it
      await untilFinished(client, run.id)
      await sleep(300) // idle again: the next guardian is up
      if (n < 3) continue // warming up
      answers.push(answered)
      starts.push(lastStamp(stamps) - sent)
    }
  } finally {
    client.close()
    await server.stop()
  }
  return {
    'trigger answered, p50 ms': percentile(answers, 0.5),
    'trigger answered, p99 ms': percentile(answers, 0.99),
    'trigger to first dbt process, p50 ms': percentile(starts, 0.5),
    'trigger to first dbt process, p99 ms': percentile(starts, 0.99),
    'the same program started by itself, p50 ms': percentile(bare, 0.5),
    'the same program started by itself, p99 ms': percentile(bare, 0.99),
  }
}

/** Measures the time from spawning the stand-in for dbt until it says that it was started. */
async function timeBareStart(folder) {
  const stamps = path.join(folder, 'bare')
  const began = now()
  const child = spawn(path.join(standIns, 'dbt'), [], { env: { BENCH_STARTED: stamps }, stdio: 'ignore' })
  await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject))
  return lastStamp(stamps) - began
}

/** Answers milliseconds since the epoch. */
const now = () => performance.timeOrigin + performance.now()

/** Says when the stand-in was last started. */
const lastStamp = (stamps) => Number(readFileSync(stamps, 'utf8').trim().split('\n').at(-1)) / 1000

/** Waits until the stand-in for dbt was started so many times. */
async function untilStarted(stamps, times) {
  while (readFileSync(stamps, 'utf8').split('\n').length <= times) await sleep(5)
}

/** The smallest thing that looks like a dbt project. */
export function writeProject(folder) {
  const project = path.join(folder, 'project')
  mkdirSync(path.join(project, 'models'), { recursive: true })
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: tiny\nprofile: tiny\n')
  writeFileSync(
    path.join(project, 'profiles.yml'),
    'tiny:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: tiny.duckdb, threads: 1 }\n',
  )
  return project
}
