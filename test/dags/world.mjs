import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { askAirflow, readTaskLog, readXcom } from '../../scripts/lib/airflow-server.mjs'
import { readStratus } from '../../scripts/lib/stratus-server.mjs'

const ended = new Set(['success', 'failed'])

/** Cases start DAGs with this and see what they did, in Airflow's and in Stratus's own words. */
export function createWorld(airflow, ready, { timeoutMs, lineageFile }) {
  const world = {
    async start(dagId, conf) {
      return await askAirflow(airflow, `/api/v2/dags/${dagId}/dagRuns`, { logical_date: null, conf })
    },
    async waitForEnd({ dag_id, dag_run_id }) {
      const route = `/api/v2/dags/${dag_id}/dagRuns/${encodeURIComponent(dag_run_id)}`
      return await poll(`the end of ${dag_id}`, async () => {
        const run = await askAirflow(airflow, route)
        return ended.has(run.state) ? run : undefined
      })
    },
    async succeed(dagId, conf) {
      return await world.endIn('success', dagId, conf)
    },
    async fail(dagId, conf) {
      return await world.endIn('failed', dagId, conf)
    },
    async endIn(state, dagId, conf) {
      return await world.assertState(await world.waitForEnd(await world.start(dagId, conf)), state)
    },
    async assertState(dagRun, state) {
      if (dagRun.state === state) return dagRun
      throw new Error(`${dagRun.dag_id} is ${dagRun.state}\n${await world.describe(dagRun)}`)
    },
    /** Waits for the success of a DAG's first run, which something else has started. */
    async succeedByItself(dagId) {
      const dagRun = await poll(`a run of ${dagId}`, async () => {
        const { dag_runs } = await askAirflow(airflow, `/api/v2/dags/${dagId}/dagRuns`)
        return dag_runs.find((run) => ended.has(run.state))
      })
      return await world.assertState(dagRun, 'success')
    },
    /** Unpauses the DAG and has Airflow run it for each day of a range. */
    async backfill(dagId, from, to, conf) {
      await askAirflow(airflow, `/api/v2/dags/${dagId}`, { is_paused: false }, 'PATCH')
      const range = { from_date: `${from}T00:00:00Z`, to_date: `${to}T00:00:00Z` }
      const body = { dag_id: dagId, ...range, dag_run_conf: conf, max_active_runs: 1 }
      await askAirflow(airflow, '/api/v2/backfills', body)
      return await poll(`the backfill of ${dagId}`, async () => {
        const { dag_runs } = await askAirflow(airflow, `/api/v2/dags/${dagId}/dagRuns?run_type=backfill`)
        return dag_runs.length > 0 && dag_runs.every((run) => ended.has(run.state)) ? dag_runs : undefined
      })
    },
    async readInstances({ dag_id, dag_run_id }) {
      const route = `/api/v2/dags/${dag_id}/dagRuns/${encodeURIComponent(dag_run_id)}/taskInstances`
      return (await askAirflow(airflow, route)).task_instances
    },
    async readTasks(dagRun) {
      return Object.fromEntries((await world.readInstances(dagRun)).map((instance) => [instance.task_id, instance]))
    },
    async assertTasks(dagRun, states) {
      const tasks = await world.readTasks(dagRun)
      assert.deepEqual(Object.fromEntries(Object.keys(states).map((name) => [name, tasks[name]?.state])), states)
    },
    async readXcom(dagRun, taskId, key = 'return_value') {
      return await readXcom(airflow, dagRun, taskId, key)
    },
    async waitForXcom(dagRun, taskId, key) {
      return await poll(`${key} of ${taskId}`, () => readXcom(airflow, dagRun, taskId, key))
    },
    async readLog(dagRun, taskId, tryNumber) {
      return await readTaskLog(airflow, dagRun, taskId, tryNumber)
    },
    async readRun(runId) {
      return await readStratus(ready, `runs/${runId}/?include_related=["run_steps","trigger","audit"]`)
    },
    async readArtifact(runId, file) {
      return await readStratus(ready, `runs/${runId}/artifacts/${file}`)
    },
    async readResults(runId) {
      return await world.readArtifact(runId, 'run_results.json')
    },
    async listRuns(jobId) {
      return await readStratus(ready, `runs/?job_definition_id=${jobId}&order_by=-id&include_related=["trigger"]`)
    },
    /** The lineage events of what a task did, once the last of them is there. */
    async readLineage(dagRun, taskId, isComplete) {
      const task = `${dagRun.dag_id}.${taskId}`
      return await poll(`the lineage of ${task}`, () => {
        const events = readEvents(lineageFile)
        const own = events.find(({ job, run }) => job.name === task && isOfRun(run, dagRun))
        const below = own ? events.filter(({ run }) => run.facets.parent?.run.runId === own.run.runId) : []
        return isComplete(below) ? below : undefined
      })
    },
    /** Gives the run that a task has started, which must have these fields. */
    async assertRun(dagRun, taskId, fields) {
      const run = await world.readRun(await world.readXcom(dagRun, taskId, 'job_run_id'))
      assert.deepEqual(Object.fromEntries(Object.keys(fields).map((name) => [name, run[name]])), fields)
      return run
    },
    async describe(dagRun) {
      const parts = []
      for (const { task_id, state, try_number, map_index } of await world.readInstances(dagRun)) {
        parts.push(`  ${task_id}: ${state}, try ${try_number}`)
        if (state !== 'failed' || map_index >= 0) continue
        const log = await world.readLog(dagRun, task_id, try_number)
        parts.push(...log.slice(-12).map((line) => `    ${line}`))
      }
      return parts.join('\n')
    },
  }

  async function poll(what, probe) {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const result = await probe()
      if (result !== undefined) return result
      if (airflow.program.ended) throw new Error(`Airflow ${airflow.program.ended}`)
      if (Date.now() > deadline) throw new Error(`${what} did not come within ${timeoutMs / 1000} s`)
      await sleep(500)
    }
  }

  return world
}

/** Each line is an event; of the last one, there may be only a part yet. */
function readEvents(file) {
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function isOfRun({ facets }, { dag_run_id }) {
  return facets.airflow?.dagRun?.run_id === dag_run_id
}
