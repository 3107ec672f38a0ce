import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createClient, percentile, scratchFolder, startServer, untilFinished } from './server.mjs'

const document = {
  account: { id: 1, name: 'Bench' },
  projects: [
    {
      id: 1,
      name: 'Shop',
      environments: [
        {
          name: 'Production',
          engine: 'simulated',
          simulation: { time_scale: 0 },
          jobs: [{ id: 1, name: 'Nightly', execute_steps: ['dbt build'] }],
        },
      ],
    },
  ],
}

/** A test of a DAG waits for the server and for runs that take no time of their own, polled as Airflow does. */
export async function measureSimulated({ starts = 3, runs = 20 } = {}) {
  const folder = scratchFolder('simulated')
  writeFileSync(path.join(folder, 'stratus.yml'), JSON.stringify(document))
  const startMs = []
  let runMs
  for (let round = 1; round <= starts; round++) {
    const server = await startServer(['dev', folder, '--data-dir', path.join(folder, `data-${round}`)])
    startMs.push(server.startMs)
    if (round === starts) runMs = await timeRuns(server, runs)
    await server.stop()
  }
  return {
    'simulated engine: server up, median ms': percentile(startMs, 0.5),
    'simulated engine: a run at time scale 0, median ms': percentile(runMs, 0.5),
  }
}

async function timeRuns({ ready }, count) {
  const client = createClient(ready, ready.token, 'apache-airflow-providers-dbt-cloud')
  const times = []
  try {
    for (let index = 0; index <= count; index++) {
      const began = performance.now()
      const { id } = await client.call('POST', '/jobs/1/run/', { cause: 'bench' })
      const run = await untilFinished(client, id, 2)
      if (!run.is_success) throw new Error(`the run failed: ${run.status_message}`)
      if (index > 0) times.push(performance.now() - began) // the first one is for warming up
    }
  } finally {
    client.close()
  }
  return times
}
