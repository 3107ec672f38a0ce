import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, sleep, startServer } from './server.mjs'

const fixtures = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../test/fixtures')
const honestRuns = 20
const seconds = 30

export const evilLimits = {
  'GET run of 20 honest runs beside runs that do their worst / without those, p99': 2,
}

/**
 * Twenty runs that are asked for twice a second, without and with runs that leave FIFOs, links to /dev/zero and /, files of 20
 * GB, 100,000 small ones, and some that change.
 */
export async function measureEvil() {
  const folder = scratchFolder('evil')
  const server = await startServer(['dev', writeDocument(folder), '--data-dir', path.join(folder, 'data')], {
    SLOW_DBT_LOG: path.join(folder, 'events'),
    SLOW_DBT_SECONDS: String(seconds),
    STRATUS_WORKERS: String(honestRuns + 2),
    STRATUS_MAX_ARTIFACT_MB: '1',
    STRATUS_HOLD_POLLS_SECONDS: '0',
  })
  const client = createClient(server.ready, server.ready.token)
  try {
    const jobs = await client.call('GET', '/jobs/?order_by=id')
    const [honest, evil] = [jobs.slice(0, honestRuns), jobs.slice(honestRuns)]
    const alone = await waitsOf(server.ready, client, honest)
    const runs = []
    for (const { id } of evil) runs.push(await client.call('POST', `/jobs/${id}/run/`, { cause: 'bench' }))
    const beside = await waitsOf(server.ready, client, honest)
    for (const { id } of runs) await untilEnded(client, id, [])
    console.error(
      `p99 ${percentile(alone, 0.99).toFixed(1)} ms without, ${percentile(beside, 0.99).toFixed(1)} ms beside`,
    )
    const [ratio] = Object.keys(evilLimits)
    return { [ratio]: percentile(beside, 0.99) / percentile(alone, 0.99) }
  } finally {
    client.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Says how long each answer took while these jobs ran once. */
async function waitsOf(ready, client, jobs) {
  const waits = []
  const clients = jobs.map(() => createClient(ready, ready.token))
  try {
    const runs = []
    for (const { id } of jobs) runs.push(await client.call('POST', `/jobs/${id}/run/`, { cause: 'bench' }))
    await Promise.all(runs.map(({ id }, index) => untilEnded(clients[index], id, waits)))
  } finally {
    for (const each of clients) each.close()
  }
  return waits
}

async function untilEnded(client, runId, waits) {
  for (;;) {
    const began = performance.now()
    const run = await client.call('GET', `/runs/${runId}/`)
    waits.push(performance.now() - began)
    if (run.is_complete && !run.is_success) throw new Error(`the run failed: ${run.status_message}`)
    if (run.is_complete) return
    await sleep(500)
  }
}

function writeDocument(folder) {
  const project = path.join(folder, 'project')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: shop\nprofile: shop\n')
  writeFileSync(
    path.join(project, 'profiles.yml'),
    'shop: {target: dev, outputs: {dev: {type: duckdb, path: ":memory:", threads: 1}}}\n',
  )
  const job = (name, environment_variables = {}) => ({ name, execute_steps: ['dbt build'], environment_variables })
  const environment = (name, program, jobs) => ({ name, dbt: { command: path.join(fixtures, program) }, jobs })
  const document = {
    account: { id: 1, name: 'Local', run_slots: honestRuns + 2 },
    projects: [
      {
        name: 'Shop',
        path: project,
        environments: [
          environment(
            'Honest',
            'slow-dbt/dbt',
            Array.from({ length: honestRuns }, (_, index) => job(`Honest ${index}`)),
          ),
          environment('Evil', 'bin/dbt-hostile', [
            job('Its worst', { TRICK: 'its worst', FOREIGN: '/etc' }),
            job('The whole disk', { TRICK: 'another target', FOREIGN: '/' }),
          ]),
        ],
      },
    ],
  }
  // JSON is YAML, too.
  writeFileSync(path.join(folder, 'stratus.yml'), JSON.stringify(document))
  return folder
}
