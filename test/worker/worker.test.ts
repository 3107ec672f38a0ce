import { text } from 'node:stream/consumers'
import { sql } from 'kysely'
import type { RunPlan } from '../../src/engines/run-engine.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { placeInVariable } from '../../src/secrets/secret-place.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createGitJob, createJob } from '../support/rows.ts'
import { ScriptedEngine, succeeding } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

const secretName = 'DBT_ENV_SECRET_A'
const _byStratus = { accountId: 1, assertMayRepeat: async () => {} }

describe.each(databaseKinds)('a worker on %s', (kind) => {
  const harness = useWorkers(kind)

  test('executes a triggered run to its end and keeps its steps and logs', async () => {
    harness.startWorker(new ScriptedEngine(succeeding))
    const id = await harness.trigger(await createJob(harness.db, { execute_steps: ['dbt seed', 'dbt run'] }))
    const run = await harness.released(id)
    expect([run.status, run.status_message]).toEqual(['success', null])
    expect(run.started_at).not.toBeNull()
    const steps = await harness.stepsOf(id)
    expect(steps.map((step) => [step.index, step.status])).toEqual([1, 2, 3, 4, 5].map((index) => [index, 'success']))
    const log = await harness.artifacts.get(steps[3]?.console_log_key ?? '')
    expect(log && (await text(log.content))).toBe('Invoke dbt with `dbt seed`\n')
    expect(await harness.db.selectFrom('step_log_chunks').selectAll().execute()).toEqual([])
  })

  test('the plan of a run has the ids of the task that asked for it', async () => {
    const plans: RunPlan[] = []
    harness.startWorker(
      new ScriptedEngine((plan, ...rest) => {
        plans.push(plan)
        return succeeding(plan, ...rest)
      }),
    )
    const jobId = await createJob(harness.db)
    const cause = '{"parent":{"run":{"runId":"01a1fe8b"},"job":{"namespace":"airflow","name":"nightly.run_job"}}}'
    const overrides = {}
    const run = await triggerRun(harness, { accountId: 1, jobId, cause, causeCategory: 'api', overrides })
    await harness.released(run.id)
    await harness.released(await harness.trigger(jobId))
    expect(plans.map(({ lineage }) => lineage)).toEqual([
      { parent: { namespace: 'airflow', job_name: 'nightly.run_job', run_id: '01a1fe8b' }, root: null },
      undefined,
    ])
  })

  test('only the plan of a CI job outside of production may have a commit that no branch holds', async () => {
    const plans: RunPlan[] = []
    harness.startWorker(
      new ScriptedEngine((plan, ...rest) => {
        plans.push(plan)
        return succeeding(plan, ...rest)
      }),
    )
    for (const job_type of ['ci', 'other', 'scheduled'] as const) {
      for (const deployment_type of [null, 'staging', 'production'] as const) {
        const jobId = await createGitJob(harness.db, { job_type })
        await harness.db.updateTable('environments').set({ deployment_type }).execute()
        const overrides = { git_sha: 'abcdef0', github_pull_request_id: 7 }
        const { id } = await triggerRun(harness, { accountId: 1, jobId, causeCategory: 'api', overrides })
        await harness.released(id)
      }
    }
    expect(plans.map(({ project: { source } }) => source.kind === 'git' && [source.sha, source.anyCommit])).toEqual([
      ['abcdef0', true],
      ['abcdef0', true],
      ...Array(7).fill(['abcdef0', false]),
    ])
  })

  test('its runs start the jobs that wait for them, one after another', async () => {
    harness.startWorker(new ScriptedEngine(succeeding))
    const first = await createJob(harness.db)
    const waitFor = async (awaited: number) => {
      const { project_id } = await harness.db
        .selectFrom('jobs')
        .select('project_id')
        .where('id', '=', awaited)
        .executeTakeFirstOrThrow()
      const condition = { job_id: awaited, project_id, statuses: [10] }
      return createJob(harness.db, { job_completion_trigger: JSON.stringify({ condition }) })
    }
    const second = await waitFor(first)
    const third = await waitFor(second)
    const id = await harness.trigger(first)
    const last = await eventually('the third job has run', async () => {
      const runs = await harness.db.selectFrom('runs').selectAll().orderBy('id').execute()
      return runs.length === 3 && runs.every((run) => run.released_at !== null) && runs
    })
    expect(last.map((run) => [run.job_id, run.status, run.upstream_run_id])).toEqual([
      [first, 'success', null],
      [second, 'success', id],
      [third, 'success', last[1]?.id],
    ])
  })

  test('an engine that breaks ends the run in error with the reason, and the worker goes on', async () => {
    const engine = new ScriptedEngine(() => Promise.reject(new Error('the engine broke')))
    harness.startWorker(engine)
    const job = await createJob(harness.db)
    const run = await harness.released(await harness.trigger(job))
    expect([run.status, run.status_message]).toEqual([
      'error',
      'Stratus could not go on with this run: the engine broke',
    ])
    engine.script = succeeding
    expect((await harness.released(await harness.trigger(job))).status).toBe('success')
  })

  test("a secret that was moved into another project's variable is told to no run, and the worker goes on", async () => {
    const told: unknown[] = []
    harness.startWorker(
      new ScriptedEngine((plan, ...rest) => {
        told.push(plan.environmentVariables)
        return succeeding(plan, ...rest)
      }),
    )
    const [theirs, mine] = [await createJob(harness.db), await createJob(harness.db)]
    const variables = [theirs, mine].map((job_id) => ({
      project_id: job_id,
      environment_id: null,
      job_id,
      name: secretName,
    }))
    for (const [index, variable] of variables.entries()) {
      const ciphertext = harness.secretBox.encrypt(`secret ${index}`, placeInVariable(variable))
      await harness.db
        .insertInto('environment_variables')
        .values({ ...variable, account_id: 1, ciphertext })
        .execute()
    }
    await sql`
      update environment_variables set ciphertext = theirs.ciphertext
      from environment_variables as theirs where environment_variables.job_id = ${mine} and theirs.job_id = ${theirs}
    `.execute(harness.db)
    const refused = await harness.released(await harness.trigger(mine))
    expect([refused.status, refused.status_message]).toEqual([
      'error',
      `The stored secret in environment_variables.ciphertext (${mine}, ${mine}, ${secretName}) is damaged, or was moved here ` +
        'from another place. Give it again.',
    ])
    expect((await harness.released(await harness.trigger(theirs))).status).toBe('success')
    expect(told).toEqual([{ [secretName]: 'secret 0' }])
  })

  test('runs that need the same file alone wait for one another and say for whom', async () => {
    let active = 0
    const waitedFor: number[] = []
    const engine = new ScriptedEngine(async (_plan, sink) => {
      await sink.report({ type: 'stepStarted', step: 1 })
      await sink.holdExclusively(['duckdb:here:/shop.duckdb'], (holder) => waitedFor.push(holder))
      active++
      expect(active).toBe(1)
      await eventually('the others wait', () => waitedFor.length >= 2)
      active--
      await sink.report({ type: 'stepFinished', step: 1, end: { status: 'success' } })
      return { outcome: 'success' }
    })
    harness.startWorker(engine)
    const ids = await Promise.all([1, 2, 3].map(async () => harness.trigger(await createJob(harness.db))))
    for (const id of ids) expect((await harness.released(id)).status).toBe('success')
    expect(engine.maxActive).toBeGreaterThan(1)
    expect(waitedFor.length).toBeGreaterThanOrEqual(2)
    expect(await harness.db.selectFrom('exclusive_holds').selectAll().execute()).toEqual([])
  })

  test('runs take the first of several things that is free, and may give it back early', async () => {
    const slots = ['slot-1', 'slot-2', 'slot-3']
    const taken: string[] = []
    let proceed = () => {}
    const mayProceed = new Promise<void>((resolve) => {
      proceed = resolve
    })
    const engine = new ScriptedEngine(async (_plan, sink) => {
      await sink.report({ type: 'stepStarted', step: 1 })
      const { resource } = await sink.holdExclusively(slots, () => {})
      expect((await sink.holdExclusively(slots, () => {})).resource).toBe(resource)
      taken.push(resource)
      await mayProceed
      await sink.report({ type: 'stepFinished', step: 1, end: { status: 'success' } })
      return { outcome: 'success' }
    })
    harness.startWorker(engine, { name: 'w1' })
    harness.startWorker(engine, { name: 'w2' })
    const ids = await Promise.all([1, 2, 3].map(async () => harness.trigger(await createJob(harness.db))))
    await eventually('all have one', () => taken.length === 3)
    expect([...taken].sort()).toEqual(slots)

    engine.script = async (_plan, sink) => {
      await sink.report({ type: 'stepStarted', step: 1 })
      expect(await sink.tryToHold('slot-1')).toBeUndefined()
      const early = await sink.tryToHold('slot-4')
      await early?.free()
      const holds = await harness.db.selectFrom('exclusive_holds').select('resource').execute()
      expect(holds.map(({ resource }) => resource).sort()).toEqual(slots)
      proceed()
      taken.push((await sink.holdExclusively(slots, () => {})).resource)
      await sink.report({ type: 'stepFinished', step: 1, end: { status: 'success' } })
      return { outcome: 'success' }
    }
    const late = await harness.trigger(await createJob(harness.db))
    for (const id of [...ids, late]) expect((await harness.released(id)).status).toBe('success')
    expect(taken).toHaveLength(4)
    expect(await harness.db.selectFrom('exclusive_holds').selectAll().execute()).toEqual([])
  })
})
