import assert from 'node:assert/strict'
import { jobIds } from './describe-projects.mjs'

const success = 10
const error = 20
const broken = 'model.coffee_roastery.broken'

/** Each DAG does this when its run fails. */
export const failureCases = [
  {
    dag: 'run_and_wait, whose run fails',
    async check(world) {
      const dagRun = await world.fail('run_and_wait', { job_id: jobIds.broken })
      const run = await world.assertRun(dagRun, 'run_job', { status: error })
      const log = (await world.readLog(dagRun, 'run_job')).join('\n')
      assert.ok(log.includes(run.status_message), 'the log of the task does not say why the run failed')
      assert.match(run.status_message, /models\/trials\/broken\.sql/)
      assert.ok(run.status_message.endsWith(run.href), 'the log of the task does not say where the run is')
    },
  },
  {
    dag: 'deferrable, whose run fails',
    async check(world) {
      const dagRun = await world.fail('deferrable', { job_id: jobIds.broken })
      assert.match((await world.readLog(dagRun, 'run_job')).join('\n'), /no_such_column/)
    },
  },
  {
    dag: 'plain_http, whose run fails',
    async check(world) {
      const dagRun = await world.fail('plain_http', { job_id: jobIds.broken })
      assert.match((await world.readLog(dagRun, 'wait_for_run')).join('\n'), /AirflowFailException: Run \d+: .*broken/)
    },
  },
  {
    dag: 'by_names, of a job that is not there',
    async check(world) {
      const names = { project: 'Trials', environment: 'Production', job: 'No such job' }
      const dagRun = await world.fail('by_names', names)
      assert.match((await world.readLog(dagRun, 'run_job')).join('\n'), /Found 0 jobs/)
    },
  },
  {
    dag: 'retry_from_failure',
    async check(world) {
      const dagRun = await world.succeed('retry_from_failure', { job_id: jobIds.failsOnce })
      const run = await world.assertRun(dagRun, 'run_job', { status: success })
      assert.equal((await world.readTasks(dagRun)).run_job.try_number, 2)
      assert.equal(run.trigger.cause_category, 'rerun')
      const failed = await world.readRun(run.retrying_run_id)
      assert.deepEqual([failed.job_definition_id, failed.status], [jobIds.failsOnce, error])
      assert.match((await world.readLog(dagRun, 'run_job', 1)).join('\n'), /this attempt was meant to fail/)
    },
  },
  {
    dag: 'branch_on_results, whose run fails',
    async check(world) {
      const dagRun = await world.succeed('branch_on_results', { job_id: jobIds.broken })
      await world.assertTasks(dagRun, { run_job: 'failed', publish: 'skipped', hold_back: 'success' })
      assert.equal(await world.readXcom(dagRun, 'hold_back'), `${broken}: error`)
    },
  },
  {
    dag: 'alert_on_failure',
    async check(world) {
      const dagRun = await world.fail('alert_on_failure', { job_id: jobIds.broken })
      const run = await world.assertRun(dagRun, 'run_job', { status: error })
      const log = (await world.readLog(dagRun, 'run_job')).join('\n')
      assert.ok(log.includes(`ALERT alert_on_failure: run ${run.id} error, see ${run.href}`), 'there is no alert')
      assert.match(log, new RegExp(`- ${broken}: .*no_such_column`))
    },
  },
  {
    dag: 'alert_on_failure, of a job that is not there',
    async check(world) {
      const dagRun = await world.fail('alert_on_failure', { job_id: 999_999 })
      const log = (await world.readLog(dagRun, 'run_job')).join('\n')
      assert.match(log, /ALERT alert_on_failure: the job was not started: .*404/)
    },
  },
  {
    dag: 'job_completion_chain, whose first job fails',
    async check(world) {
      const dagRun = await world.fail('job_completion_chain', {
        first_job_id: jobIds.broken,
        second_job_id: jobIds.afterBroken,
      })
      await world.assertTasks(dagRun, { first_job: 'failed', wait_for_second_run: 'upstream_failed' })
      assert.deepEqual(await world.listRuns(jobIds.afterBroken), [])
    },
  },
]
