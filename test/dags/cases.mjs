import assert from 'node:assert/strict'
import { jobIds } from './describe-projects.mjs'
import { failureCases } from './failure-cases.mjs'
import { lineageCases } from './lineage-cases.mjs'

const success = 10

/** Each DAG does this when everything goes well. `dag` is its id; a DAG may have several cases. */
const successCases = [
  {
    dag: 'deferrable',
    async check(world) {
      // A short run would be over before the task defers, since its first poll waits for the run's end.
      const dagRun = await world.succeed('deferrable', { job_id: jobIds.slow })
      await world.assertRun(dagRun, 'run_job', { job_definition_id: jobIds.slow, status: success })
      assert.match((await world.readLog(dagRun, 'run_job')).join('\n'), /Pausing task as DEFERRED/)
    },
  },
  {
    dag: 'trigger_then_sensor',
    async check(world) {
      const dagRun = await world.succeed('trigger_then_sensor', { job_id: jobIds.marts })
      const run = await world.assertRun(dagRun, 'start_job', { status: success })
      assert.equal(await world.readXcom(dagRun, 'meanwhile'), `run ${run.id} was on its way`)
      const waited = (await world.readTasks(dagRun)).wait_for_run
      assert.ok(Date.parse(waited.end_date) >= Date.parse(run.finished_at), 'the sensor ended before the run')
    },
  },
  {
    dag: 'plain_http',
    async check(world) {
      const dagRun = await world.succeed('plain_http', { job_id: jobIds.marts })
      const run = await world.readRun(await world.readXcom(dagRun, 'start_job'))
      assert.equal(run.status, success)
      assert.equal(run.trigger.cause, 'Triggered by task start_job of plain_http')
    },
  },
  {
    dag: 'by_names',
    async check(world) {
      const names = { project: 'Trials', environment: 'Production', job: 'Seeds' }
      const dagRun = await world.succeed('by_names', names)
      await world.assertRun(dagRun, 'run_job', { job_definition_id: jobIds.seeds, status: success })
    },
  },
  {
    dag: 'reuse_existing_run',
    async check(world) {
      const starting = await world.start('trigger_then_sensor', { job_id: jobIds.slowToo })
      const runId = await world.waitForXcom(starting, 'start_job', 'job_run_id')
      const dagRun = await world.succeed('reuse_existing_run', { job_id: jobIds.slowToo })
      assert.equal(await world.readXcom(dagRun, 'join_or_run_job', 'job_run_id'), runId)
      await world.assertState(await world.waitForEnd(starting), 'success')
    },
  },
  {
    dag: 'overrides',
    async check(world) {
      const steps = ['dbt seed --select beans roasts', 'dbt run --select stg_beans stg_roasts roast_costs']
      const dagRun = await world.succeed('overrides', { job_id: jobIds.build, steps, schema: 'trial', threads: 1 })
      const run = await world.assertRun(dagRun, 'run_job', { status: success })
      const names = run.run_steps.map(({ name }) => name).slice(-2)
      assert.deepEqual(
        names,
        steps.map((step) => `Invoke dbt with \`${step}\``),
      )
      const { results, args } = await world.readResults(run.id)
      assert.deepEqual(
        results.map(({ relation_name }) => relation_name.replaceAll('"', '')).sort(),
        ['roast_costs', 'stg_beans', 'stg_roasts'].map((name) => `coffee_roastery.trial.${name}`),
      )
      assert.equal(args.threads, 1)
    },
  },
  {
    dag: 'overrides',
    async check(world) {
      const dagRun = await world.succeed('overrides', { job_id: jobIds.marts })
      const run = await world.assertRun(dagRun, 'run_job', { status: success })
      assert.equal(run.run_steps.at(-1).name, 'Invoke dbt with `dbt run --select marts`')
    },
  },
  {
    dag: 'branch_on_results',
    async check(world) {
      const dagRun = await world.succeed('branch_on_results', { job_id: jobIds.marts })
      await world.assertTasks(dagRun, { run_job: 'success', publish: 'success', hold_back: 'skipped' })
    },
  },
  {
    dag: 'task_per_selector',
    async check(world) {
      const dagRun = await world.succeed('task_per_selector', { job_id: jobIds.build })
      const kinds = new Set()
      for (const part of ['seeds', 'staging', 'marts']) {
        const run = await world.assertRun(dagRun, part, { job_definition_id: jobIds.build, status: success })
        const { results } = await world.readResults(run.id)
        for (const { unique_id } of results) kinds.add(`${part}: ${unique_id.split('.')[0]}`)
      }
      const expected = ['seeds: seed', 'staging: model', 'staging: test', 'marts: model', 'marts: test']
      for (const kind of expected) assert.ok(kinds.has(kind), `nothing was built of ${kind}`)
      assert.ok(!kinds.has('seeds: model'))
    },
  },
  {
    dag: 'asset_pipeline',
    async check(world) {
      await world.succeed('asset_pipeline', {})
      const built = await world.succeedByItself('asset_pipeline_dbt')
      const run = await world.assertRun(built, 'run_job', { job_definition_id: jobIds.build, status: success })
      const report = await world.succeedByItself('asset_pipeline_report')
      assert.equal(await world.readXcom(report, 'report'), run.id)
    },
  },
  {
    dag: 'parallel_projects',
    async check(world) {
      const dagRun = await world.succeed('parallel_projects', { job_ids: [jobIds.marts, jobIds.seeds] })
      const instances = await world.readInstances(dagRun)
      const mapped = instances.filter(({ task_id }) => task_id === 'run_job')
      assert.deepEqual(mapped.map(({ pool, state }) => `${pool} ${state}`).sort(), [
        'stratus success',
        'stratus success',
      ])
      const names = mapped.map(({ rendered_map_index }) => rendered_map_index).sort()
      assert.deepEqual(names, [`job ${jobIds.marts}`, `job ${jobIds.seeds}`])
    },
  },
  {
    dag: 'job_completion_chain',
    async check(world) {
      const dagRun = await world.succeed('job_completion_chain', {
        first_job_id: jobIds.beans,
        second_job_id: jobIds.afterBeans,
      })
      const first = await world.assertRun(dagRun, 'first_job', { job_definition_id: jobIds.beans, status: success })
      const second = await world.readRun(await world.readXcom(dagRun, 'find_second_run'))
      assert.deepEqual([second.job_definition_id, second.status], [jobIds.afterBeans, success])
      assert.equal(second.trigger.cause, `Run ${first.id} of job "Beans" (${jobIds.beans}) succeeded`)
      assert.equal((await world.listRuns(jobIds.afterBeans)).length, 1)
    },
  },
  {
    dag: 'backfill_with_vars',
    async check(world) {
      const conf = { job_id: jobIds.seeds, select: '+built_day' }
      const dagRuns = await world.backfill('backfill_with_vars', '2026-01-07', '2026-01-09', conf)
      const days = []
      for (const dagRun of dagRuns) {
        await world.assertState(dagRun, 'success')
        const run = await world.assertRun(dagRun, 'build_day', { job_definition_id: jobIds.seeds, status: success })
        const { results } = await world.readResults(run.id)
        const { compiled_code } = results.find(({ unique_id }) => unique_id === 'model.coffee_roastery.built_day')
        days.push(/select cast\('(\d{4}-\d\d-\d\d)' as date\)/.exec(compiled_code)?.[1])
      }
      assert.deepEqual(days.sort(), ['2026-01-07', '2026-01-08', '2026-01-09'])
    },
  },
]

/** Runs before the others, on its own: it makes the tables that theirs read. */
export const firstCase = {
  dag: 'run_and_wait',
  async check(world) {
    const dagRun = await world.succeed('run_and_wait', { job_id: jobIds.build })
    const run = await world.assertRun(dagRun, 'run_job', { job_definition_id: jobIds.build, status: success })
    const log = (await world.readLog(dagRun, 'run_job')).join('\n')
    assert.match(
      log,
      new RegExp(`Run ${run.id}: .*10 × model success, 4 × seed success, .*27 × test pass. See ${run.href}`),
    )
  },
}

export const cases = [...successCases, ...lineageCases, ...failureCases]
