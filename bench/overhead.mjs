import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClient, percentile, scratchFolder, startServer, untilFinished } from './server.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dbtBin = path.join(root, '.stratus/venv-dbt/bin')

/** A run of the sample project through the API against a bare `dbt build` of it, in turn, both with a warm parse. */
export async function measureOverhead({ rounds = 7 } = {}) {
  const folder = scratchFolder('overhead')
  const [served, bare] = [path.join(folder, 'served'), path.join(folder, 'bare')]
  for (const copy of [served, bare]) cpSync(path.join(root, 'examples/coffee_roastery'), copy, { recursive: true })
  const environment = { PATH: `${dbtBin}:${process.env.PATH}` }
  const server = await startServer(['dev', served, '--data-dir', path.join(folder, 'data')], environment)
  const client = createClient(server.ready, server.ready.token)
  const [through, alone] = [[], []]
  try {
    for (let round = 0; round <= rounds; round++) {
      const bareMs = timed(() => build(bare, environment))
      const began = performance.now()
      const run = await untilFinished(client, (await client.call('POST', '/jobs/1/run/', { cause: 'bench' })).id)
      if (!run.is_success) throw new Error(`the run failed: ${run.status_message}`)
      if (round === 0) continue // warming up: the first parse is whole
      through.push(performance.now() - began)
      alone.push(bareMs)
    }
  } finally {
    client.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const ratios = through.map((ms, index) => ms / alone[index])
  return {
    'run through the API, median ms': percentile(through, 0.5),
    'bare dbt build, median ms': percentile(alone, 0.5),
    'run through the API / bare dbt build, median of pairs': percentile(ratios, 0.5),
  }
}

function build(project, environment) {
  const result = spawnSync(path.join(dbtBin, 'dbt'), ['build'], {
    cwd: project,
    env: { ...process.env, ...environment, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
    encoding: 'utf8',
  })
  if (result.status !== 0) throw new Error(`dbt build failed: ${result.stdout}${result.stderr}`)
}

function timed(work) {
  const began = performance.now()
  work()
  return performance.now() - began
}
