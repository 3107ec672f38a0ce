import type { Database } from '../../src/db/database.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { fireSchedules } from '../../src/scheduler/fire-schedules.ts'
import { createTestDatabase, databaseKinds, emptyTestDatabase } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'

describe.each(databaseKinds)('schedules on %s', (kind) => {
  let database: Database
  let ctx: { db: Database['db']; wakeUp: DatabaseWakeUp }
  beforeAll(async () => {
    database = await createTestDatabase(kind)
    ctx = { db: database.db, wakeUp: new DatabaseWakeUp(database) }
  })
  beforeEach(() => emptyTestDatabase(database))
  afterAll(() => database.close())

  const hourly = (minutesAgo: number) =>
    createJob(ctx.db, {
      trigger_schedule: true,
      schedule_cron: '0 * * * *',
      next_run_at: new Date(Date.now() - minutesAgo * 60_000),
    })
  const runsOf = (jobId: number) =>
    ctx.db.selectFrom('runs').selectAll().where('job_id', '=', jobId).orderBy('id').execute()

  test('a due job is queued once, however often its time was missed, and its next time is in the future', async () => {
    const job = await hourly(60 * 24)
    expect(await fireSchedules(ctx)).toBe(1)
    expect(await fireSchedules(ctx)).toBe(0)
    const [run] = await runsOf(job)
    expect([run?.status, run?.cause, run?.cause_category]).toEqual(['queued', 'Scheduled', 'scheduled'])
    const { next_run_at: next } = await ctx.db
      .selectFrom('jobs')
      .select('next_run_at')
      .where('id', '=', job)
      .executeTakeFirstOrThrow()
    expect(next?.getTime()).toBeGreaterThan(Date.now() - 1000)
    expect(next?.getUTCMinutes()).toBe(0)
  })

  test('a job that is off, deleted or not yet due is left alone', async () => {
    await createJob(ctx.db, { trigger_schedule: false, schedule_cron: '0 * * * *', next_run_at: new Date(0) })
    await createJob(ctx.db, { trigger_schedule: true, schedule_cron: '0 * * * *', next_run_at: new Date(0), state: 2 })
    await hourly(-5)
    expect(await fireSchedules(ctx)).toBe(0)
  })

  test('a queued scheduled run is cancelled when a newer one comes; what an API client queued stays', async () => {
    const job = await hourly(1)
    const byClient = await triggerRun(ctx, { accountId: 1, jobId: job, causeCategory: 'api', overrides: {} })
    await fireSchedules(ctx)
    await ctx.db
      .updateTable('jobs')
      .set({ next_run_at: new Date(0) })
      .where('id', '=', job)
      .execute()
    await fireSchedules(ctx)
    const runs = await runsOf(job)
    expect(runs.map((run) => run.status)).toEqual(['queued', 'cancelled', 'queued'])
    expect(runs[0]?.id).toBe(byClient.id)
    expect(runs[1]?.status_message).toContain('a newer scheduled run')
  })

  test('several servers fire each job once', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => hourly(1)))
    const fired = await Promise.all([fireSchedules(ctx), fireSchedules(ctx), fireSchedules(ctx)])
    expect(fired.reduce((sum, count) => sum + count)).toBe(6)
    expect(await ctx.db.selectFrom('runs').selectAll().execute()).toHaveLength(6)
  })
})
