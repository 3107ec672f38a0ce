import { orchestratorOf } from './orchestrator.ts'

const parent = { run: { runId: '0199-aa' }, job: { namespace: 'default', name: 'nightly.load.run_job' } }
const root = { run: { runId: '0199-bb' }, job: { namespace: 'default', name: 'nightly' } }

test("Airflow's own sentence names the task and the DAG", () => {
  const cause = "Triggered via Apache Airflow by task 'load.run_job' in the nightly-2 DAG."
  expect(orchestratorOf(cause)).toEqual({ dag_id: 'nightly-2', task_id: 'load.run_job', lineage: null })
})

test.each([
  ['a sentence of somebody', 'Triggered by hand'],
  ['a sentence that was cut', "Triggered via Apache Airflow by task 'run_job' in the very_long_na"],
  ['a sentence with more behind it', "Triggered via Apache Airflow by task 'a' in the b DAG. Twice."],
  ['a brace', '{not json'],
  ['JSON of another kind', '{"parent":"nightly"}'],
  ['a parent without a run', JSON.stringify({ parent: { job: parent.job } })],
  ['an empty id', JSON.stringify({ parent: { ...parent, run: { runId: '' } } })],
  ['a zero byte', JSON.stringify({ parent: { ...parent, run: { runId: 'a\0b' } } })],
  ['half a character', `{"parent":{"run":{"runId":"\\ud800"},"job":{"namespace":"a","name":"b.c"}}}`],
])('%s says nothing', (_what, cause) => {
  expect(orchestratorOf(cause)).toBeUndefined()
})

test("OpenLineage's parent has the ids of the task's and the DAG's run", () => {
  expect(orchestratorOf(JSON.stringify({ parent, root }))).toEqual({
    dag_id: 'nightly',
    task_id: 'load.run_job',
    lineage: {
      parent: { namespace: 'default', job_name: 'nightly.load.run_job', run_id: '0199-aa' },
      root: { namespace: 'default', job_name: 'nightly', run_id: '0199-bb' },
    },
  })
})

test('the root decides where a DAG with dots in its name ends; without it the first dot does', () => {
  const dotted = { ...parent, job: { namespace: 'default', name: 'a.b.c' } }
  const ids = (payload: unknown) => {
    const { dag_id, task_id } = orchestratorOf(JSON.stringify(payload)) ?? {}
    return [dag_id, task_id]
  }
  expect(ids({ parent: dotted, root: { ...root, job: { namespace: 'default', name: 'a.b' } } })).toEqual(['a.b', 'c'])
  expect(ids({ parent: dotted })).toEqual(['a', 'b.c'])
  expect(ids({ parent: { ...parent, job: { namespace: 'default', name: 'script' } } })).toEqual([null, null])
})
