import type { Database } from '../../src/db/database.ts'
import type { NewJob } from '../../src/db/schema/jobs.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import { claimRun } from '../../src/queue/claim-run.ts'
import { endRun, finishRun, type RunEnd } from '../../src/queue/finish-run.ts'
import { queueAwaitingJobs } from '../../src/queue/queue-awaiting-jobs.ts'
import { reapLostRuns } from '../../src/queue/reap-lost-runs.ts'
import { cancelRun } from '../../src/runs/cancel-run.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { fireSchedules } from '../../src/scheduler/fire-schedules.ts'
import { createTestDatabase, databaseKinds, emptyTestDatabase } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'

describe.each(databaseKinds)('jobs that follow others on %s', (kind) => {
  let database: Database
  let ctx: { db: Database['db']; wakeUp: DatabaseWakeUp }
  beforeAll(async () => {
    database = await createTestDatabase(kind)
    ctx = { db: database.db, wakeUp: new DatabaseWakeUp(database) }
  })
  beforeEach(() => emptyTestDatabase(database))
  afterAll(() => database.close())

  const findJob = (id: number) => ctx.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const createFollower = async (awaited: number, statuses: number[], values: Partial<NewJob> = {}) => {
    const { project_id } = await findJob(awaited)
    const condition = { job_id: awaited, project_id, statuses }
    return await createJob(ctx.db, {
      name: 'Marts',
      job_completion_trigger: JSON.stringify({ condition }),
      ...values,
    })
  }
  const runsOf = (jobId: number) =>
    ctx.db.selectFrom('runs').selectAll().where('job_id', '=', jobId).orderBy('id').execute()
  const trigger = async (jobId: number) =>
    (await triggerRun(ctx, { accountId: 1, jobId, causeCategory: 'api', overrides: {} })).id
  const claimed = async (jobId: number) => {
    await trigger(jobId)
    const run = (await claimRun(ctx.db, { workerId: 'w1', leaseSeconds: 15 }))?.run
    if (run?.job_id !== jobId) throw new Error(`claimed ${run?.id} of job ${run?.job_id}`)
    return { run, claim: { runId: run.id, serialKey: run.serial_key, workerId: 'w1', claim: run.claim_count } }
  }
  const endOf = (status: RunEnd['status']): RunEnd => ({ status, message: null })
  const complete = async (jobId: number, status: RunEnd['status'] = 'success') => {
    const { run, claim } = await claimed(jobId)
    return { runId: run.id, released: await finishRun(ctx.db, claim, endOf(status)) }
  }

  test('a run that ends in a wanted status queues one run of the job, which says why and by what', async () => {
    const first = await createJob(ctx.db, { name: 'Seeds' })
    const second = await createFollower(first, [10])
    const { runId, released } = await complete(first)
    expect(released?.is_awaited).toBe(true)
    expect(await queueAwaitingJobs(ctx)).toBe(1)
    expect(await queueAwaitingJobs(ctx)).toBe(0)
    const [run, ...more] = await runsOf(second)
    expect(more).toEqual([])
    expect(run).toMatchObject({
      status: 'queued',
      cause: `Run ${runId} of job "Seeds" (${first}) succeeded`,
      cause_category: 'job completion',
      upstream_run_id: runId,
      overrides: {},
      triggered_by: { type: 'system', id: null, name: 'Job completion' },
    })
    expect((await claimRun(ctx.db, { workerId: 'w1', leaseSeconds: 15 }))?.run.id).toBe(run?.id)
    const audit = await ctx.db
      .selectFrom('audit_logs')
      .selectAll()
      .where('target_id', '=', run?.id ?? 0)
      .execute()
    expect(audit.map(({ operation }) => operation)).toEqual(['Job Completion Run'])
  })

  test('only wanted statuses count, whoever ended the run', async () => {
    const first = await createJob(ctx.db)
    const [onSuccess, onError, onCancel, always] = [
      await createFollower(first, [10]),
      await createFollower(first, [20]),
      await createFollower(first, [30]),
      await createFollower(first, [10, 20, 30]),
    ]
    const counts = async () => {
      await queueAwaitingJobs(ctx)
      const numbers = await Promise.all(
        [onSuccess, onError, onCancel, always].map(async (id) => (await runsOf(id)).length),
      )
      for (const job of [onSuccess, onError, onCancel, always]) {
        await ctx.db.updateTable('runs').set({ status: 'success' }).where('job_id', '=', job).execute()
      }
      await ctx.db.updateTable('lanes').set({ head_run_id: null }).execute()
      return numbers
    }
    await complete(first, 'success')
    expect(await counts()).toEqual([1, 0, 0, 1])
    await complete(first, 'error')
    expect(await counts()).toEqual([1, 1, 0, 2])
    await cancelRun(ctx, { accountId: 1, runId: await trigger(first) })
    expect(await counts()).toEqual([1, 1, 1, 3])
    // Timed out: final first, released when its processes are gone.
    const { claim } = await claimed(first)
    expect(await endRun(ctx.db, claim, endOf('cancelled'))).toBe(true)
    expect(await counts()).toEqual([1, 1, 2, 4])
    await finishRun(ctx.db, claim, endOf('cancelled'))
    expect(await counts()).toEqual([1, 1, 2, 4])
    // Its worker is lost after the first step.
    const lost = await claimed(first)
    await ctx.db.updateTable('runs').set({ started_at: new Date() }).where('id', '=', lost.run.id).execute()
    await reapLostRuns(ctx.db, { graceSeconds: 0, all: true })
    expect(await counts()).toEqual([1, 2, 2, 5])
  })

  test('a run that goes back to the queue has not ended', async () => {
    const first = await createJob(ctx.db)
    await createFollower(first, [10, 20, 30])
    await claimed(first)
    expect(await reapLostRuns(ctx.db, { graceSeconds: 0, all: true })).toMatchObject([{ fate: 'queued again' }])
    expect(await queueAwaitingJobs(ctx)).toBe(0)
  })

  test('what was not queued when the server died is queued by the next one', async () => {
    const first = await createJob(ctx.db)
    const second = await createFollower(first, [10])
    // Nobody asks after the end: the process is gone.
    await complete(first)
    expect(await runsOf(second)).toEqual([])
    expect(await queueAwaitingJobs(ctx)).toBe(1)
    expect(await runsOf(second)).toHaveLength(1)
  })

  test('several servers queue each run once', async () => {
    const first = await createJob(ctx.db)
    const followers = [1, 2, 3, 4, 5].map(() => createFollower(first, [10]))
    const jobs = await Promise.all(followers)
    await complete(first)
    const counts = await Promise.all([1, 2, 3, 4].map(() => queueAwaitingJobs(ctx)))
    // A server that met only jobs that others were serving leaves them to those.
    expect(counts.reduce((sum, count) => sum + count)).toBe(5)
    for (const job of jobs) expect(await runsOf(job)).toHaveLength(1)
  })

  test('a newer completion cancels the run that an older one had queued, and no other', async () => {
    const first = await createJob(ctx.db)
    const second = await createFollower(first, [10])
    const byClient = await trigger(second)
    await ctx.db
      .updateTable('jobs')
      .set({ trigger_schedule: true, schedule_cron: '0 * * * *', next_run_at: new Date(0) })
      .where('id', '=', second)
      .execute()
    await fireSchedules(ctx)
    // The follower's lane is taken out of the way, so that only the first job's runs are claimed.
    await ctx.db
      .updateTable('lanes')
      .set({ holder_run_id: byClient })
      .where('serial_key', '=', `job:${second}`)
      .execute()
    const older = await complete(first)
    await queueAwaitingJobs(ctx)
    const newer = await complete(first)
    await queueAwaitingJobs(ctx)
    const runs = await runsOf(second)
    expect(runs.map((run) => [run.cause_category, run.status, run.upstream_run_id])).toEqual([
      ['api', 'queued', null],
      ['scheduled', 'queued', null],
      ['job completion', 'cancelled', older.runId],
      ['job completion', 'queued', newer.runId],
    ])
    expect(runs[2]?.status_message).toContain('completed again before it could start')
  })

  test('a job that is deleted, without commands, of another account or of another project is not started', async () => {
    await ctx.db.insertInto('accounts').values({ id: 2, name: 'Other', run_slots: 4 }).execute()
    const first = await createJob(ctx.db)
    const followers = [
      await createFollower(first, [10], { state: 2 }),
      await createFollower(first, [10], { execute_steps: [] }),
      await createFollower(first, [10], { account_id: 2 }),
      await createJob(ctx.db, {
        job_completion_trigger: JSON.stringify({ condition: { job_id: first, project_id: 999, statuses: [10] } }),
      }),
    ]
    const deletedMeanwhile = await createFollower(first, [10])
    await complete(first)
    await ctx.db.updateTable('jobs').set({ state: 2 }).where('id', '=', deletedMeanwhile).execute()
    expect(await queueAwaitingJobs(ctx)).toBe(0)
    for (const job of [...followers, deletedMeanwhile]) expect(await runsOf(job)).toEqual([])
    expect(await ctx.db.selectFrom('job_completions').selectAll().execute()).toEqual([])
  })

  test('a loop that two changes made at the same moment goes round once', async () => {
    const first = await createJob(ctx.db)
    const second = await createFollower(first, [10])
    const { project_id } = await findJob(second)
    const back = JSON.stringify({ condition: { job_id: second, project_id, statuses: [10] } })
    await ctx.db.updateTable('jobs').set({ job_completion_trigger: back }).where('id', '=', first).execute()
    await complete(first)
    expect(await queueAwaitingJobs(ctx)).toBe(1)
    const run = (await claimRun(ctx.db, { workerId: 'w1', leaseSeconds: 15 }))?.run
    if (run === undefined) throw new Error('nothing was claimed')
    const claim = { runId: run.id, serialKey: run.serial_key, workerId: 'w1', claim: run.claim_count }
    await finishRun(ctx.db, claim, endOf('success'))
    expect(await queueAwaitingJobs(ctx)).toBe(0)
    expect(await runsOf(first)).toHaveLength(1)
  })

  test('a chain goes on link by link', async () => {
    const jobs = [await createJob(ctx.db)]
    for (const link of [0, 1, 2]) jobs.push(await createFollower(jobs[link] ?? 0, [10, 20]))
    const ended = await complete(jobs[0] ?? 0, 'error')
    let upstream = ended.runId
    for (const job of jobs.slice(1)) {
      expect(await queueAwaitingJobs(ctx)).toBe(1)
      const run = (await claimRun(ctx.db, { workerId: 'w1', leaseSeconds: 15 }))?.run
      expect(run).toMatchObject({ job_id: job, upstream_run_id: upstream })
      if (run === undefined) return
      await finishRun(
        ctx.db,
        { runId: run.id, serialKey: run.serial_key, workerId: 'w1', claim: run.claim_count },
        endOf('success'),
      )
      upstream = run.id
    }
    expect(await queueAwaitingJobs(ctx)).toBe(0)
  })
})
