import assert from 'node:assert/strict'
import { jobIds } from './describe-projects.mjs'

const success = 10
const error = 20
const namespaceOfData = 'duckdb://coffee_roastery.duckdb'

/** The events that Airflow's OpenLineage provider makes of what a run has left. */
export const lineageCases = [
  {
    dag: 'with_lineage',
    async check(world) {
      const dagRun = await world.succeed('with_lineage', { job_id: jobIds.build })
      const run = await world.assertRun(dagRun, 'run_job', { status: success })
      const { nodes, sources, parent_map: parents } = await world.readArtifact(run.id, 'manifest.json')
      const models = Object.keys(nodes).filter((id) => id.startsWith('model.'))
      const events = await world.readLineage(dagRun, 'run_job', isComplete(models.length))
      const completed = Object.fromEntries(events.filter(isEndOfModel).map((event) => [event.job.name, event]))
      for (const id of models) {
        const event = completed[`coffee_roastery.main.${id.replace('model.', '')}.build.run`]
        assert.equal(event?.eventType, 'COMPLETE', `${id} has no event`)
        assert.deepEqual(event.outputs.map(address), [addressOf(nodes[id])])
        const inputs = parents[id].filter((parent) => /^(model|source)\./.test(parent))
        const addresses = inputs.map((parent) => addressOf(nodes[parent] ?? sources[parent]))
        assert.deepEqual(event.inputs.map(address).sort(), addresses.sort())
      }
      const withColumns = events.find(({ outputs }) => outputs[0]?.name.endsWith('.sales'))
      assert.ok(withColumns.outputs[0].facets.columnLineage, 'the columns of sales come from nowhere')
      assert.ok(
        events.some(({ job, inputs }) => /\.sales\.build\.test$/.test(job.name) && inputs.length === 1),
        'the tests of sales have no event',
      )
      assertKnowsItsTask(run, events[0].run.facets.parent)
    },
  },
  {
    dag: 'run_and_wait, whose failed run has lineage, too',
    async check(world) {
      const dagRun = await world.fail('run_and_wait', { job_id: jobIds.broken })
      await world.assertRun(dagRun, 'run_job', { status: error })
      const events = await world.readLineage(dagRun, 'run_job', isComplete(1))
      const [failed] = events.filter(isEndOfModel)
      assert.equal(failed.eventType, 'FAIL')
      assert.equal(failed.job.name, 'coffee_roastery.main.coffee_roastery.broken.build.run')
      // The start event names what it was to write.
      const started = events.find(({ eventType, run }) => eventType === 'START' && run.runId === failed.run.runId)
      assert.deepEqual(started.outputs.map(address), [`${namespaceOfData} coffee_roastery.main.broken`])
    },
  },
]

function isEndOfModel({ eventType, job }) {
  return eventType !== 'START' && job.facets.jobType?.jobType === 'MODEL'
}

function isComplete(models) {
  return (events) => events.filter(isEndOfModel).length >= models
}

function address({ namespace, name }) {
  return `${namespace} ${name}`
}

function addressOf({ database, schema, alias, identifier }) {
  return `${namespaceOfData} ${database}.${schema}.${alias ?? identifier}`
}

/** The events of the run's models name as their parent what Stratus read in the run's cause. */
function assertKnowsItsTask({ audit, trigger }, parent) {
  assert.deepEqual(audit.orchestrator, {
    dag_id: 'with_lineage',
    task_id: 'run_job',
    lineage: {
      parent: { namespace: parent.job.namespace, job_name: parent.job.name, run_id: parent.run.runId },
      // Both together would be longer than the 255 characters that the provider allows itself.
      root: null,
    },
  })
  assert.deepEqual(JSON.parse(trigger.cause), { parent: { run: parent.run, job: parent.job } })
}
