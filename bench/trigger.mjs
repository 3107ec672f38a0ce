import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer, untilFinished } from './server.mjs'

const standIns = path.resolve(path.dirname(fileURLToPath(import.meta.url)), 'stand-ins')

/** From sending the trigger to the first dbt process, and the trigger's own answer, on an idle server. */
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
  const [answers, starts] = [[], []]
  try {
    for (let n = 0; n < runs + 3; n++) {
      const sent = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000))
      const began = performance.now()
      const run = await client.call('POST', '/jobs/1/run/', { cause: 'bench' })
      const answered = performance.now() - began
      await untilStarted(stamps, n + 1) // asking the server would be work for it
      await untilFinished(client, run.id)
      await sleep(300) // idle again: the next guardian is up
      if (n < 3) continue // warming up
      answers.push(answered)
      const started = BigInt(readFileSync(stamps, 'utf8').trim().split('\n').at(-1))
      starts.push(Number(started - sent) / 1e3)
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
  }
}

/** Until the stand-in for dbt was started so many times. */
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
