import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { DatabaseWakeUp } from '../../src/db/wake-up.ts'
import { claimRun } from '../../src/queue/claim-run.ts'
import { endRun, finishRun } from '../../src/queue/finish-run.ts'
import { lockLane } from '../../src/queue/lanes.ts'
import { renewLeases } from '../../src/queue/lease.ts'
import { reapLostRuns } from '../../src/queue/reap-lost-runs.ts'
import { cancelRun } from '../../src/runs/cancel-run.ts'
import { triggerRun } from '../../src/runs/trigger-run.ts'
import { createTestDatabase, databaseKinds, emptyTestDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'

describe.each(databaseKinds)('the queue on %s', (kind) => {
  let database: Database
  let ctx: { db: Database['db']; wakeUp: DatabaseWakeUp }
  beforeAll(async () => {
    database = await createTestDatabase(kind)
    ctx = { db: database.db, wakeUp: new DatabaseWakeUp(database) }
  })
  beforeEach(() => emptyTestDatabase(database))
  afterAll(() => database.close())

  const trigger = async (jobId: number, overrides = {}) =>
    (await triggerRun(ctx, { accountId: 1, jobId, causeCategory: 'api', overrides })).id
  const claimNext = (workerId = 'w1') => claimRun(ctx.db, { workerId, leaseSeconds: 15 })
  const claim = async (workerId = 'w1') => (await claimNext(workerId))?.run
  const finish = async (runId: number, workerId = 'w1') => {
    const run = await ctx.db.selectFrom('runs').selectAll().where('id', '=', runId).executeTakeFirstOrThrow()
    return finishRun(
      ctx.db,
      { runId, serialKey: run.serial_key, workerId, claim: run.claim_count },
      { status: 'success', message: null },
    )
  }

  test('runs of one job never overlap, and the next is the oldest whose job is free', async () => {
    const [first, second] = [await createJob(ctx.db), await createJob(ctx.db)]
    const runs = [await trigger(first), await trigger(first), await trigger(second)]
    expect((await claim())?.id).toBe(runs[0])
    expect((await claim())?.id).toBe(runs[2])
    expect(await claim()).toBeUndefined()
    expect((await finish(runs[0] ?? 0))?.status).toBe('success')
    expect((await claim())?.id).toBe(runs[1])
  })

  test('a claim brings what the job says at that moment, and whether another is worth trying', async () => {
    const [first, second] = [await createJob(ctx.db), await createJob(ctx.db)]
    await trigger(first)
    await trigger(second)
    await ctx.db.updateTable('jobs').set({ name: 'Renamed' }).where('id', '=', first).execute()
    const [one, two] = [await claimNext(), await claimNext()]
    expect(one).toMatchObject({ othersWait: true, definitions: { job: { id: first, name: 'Renamed' }, variables: [] } })
    expect(two).toMatchObject({ othersWait: false, definitions: { job: { id: second } } })
  })

  test('a run in its final status still holds its job until it is released', async () => {
    const job = await createJob(ctx.db)
    const [first, second] = [await trigger(job), await trigger(job)]
    const claimed = await claim()
    expect(claimed?.id).toBe(first)
    expect((await cancelRun(ctx, { accountId: 1, runId: first })).status).toBe('cancelled')
    expect(await claim()).toBeUndefined()
    expect((await finish(first))?.status).toBe('cancelled')
    expect((await claim())?.id).toBe(second)
  })

  test('an account takes no more runs than it has slots, and pull requests of a CI job need none', async () => {
    await ctx.db.updateTable('accounts').set({ run_slots: 2 }).execute()
    const deploy = [await createJob(ctx.db), await createJob(ctx.db), await createJob(ctx.db)]
    for (const job of deploy) await trigger(job)
    const ci = await createJob(ctx.db, { job_type: 'ci' })
    const [pr7, pr8, pr7again] = [
      await trigger(ci, { github_pull_request_id: 7 }),
      await trigger(ci, { github_pull_request_id: 8 }),
      await trigger(ci, { github_pull_request_id: 7 }),
    ]
    const claimed = [await claim(), await claim(), await claim(), await claim(), await claim()].map((run) => run?.id)
    expect(claimed.slice(2)).toEqual([pr7, pr8, undefined])
    await finish(pr7)
    expect((await claim())?.id).toBe(pr7again)
    expect(await claim()).toBeUndefined()
  })

  test('an environment may bound its parallel runs, and other environments go on', async () => {
    const [first, second, other] = [await createJob(ctx.db), await createJob(ctx.db), await createJob(ctx.db)]
    const bounded = await ctx.db
      .selectFrom('jobs')
      .select('environment_id')
      .where('id', '=', first)
      .executeTakeFirstOrThrow()
    await ctx.db.updateTable('jobs').set({ environment_id: bounded.environment_id }).where('id', '=', second).execute()
    await ctx.db
      .updateTable('environments')
      .set({ max_parallel_runs: 1 })
      .where('id', '=', bounded.environment_id)
      .execute()
    const runs = [await trigger(first), await trigger(second), await trigger(other)]
    expect([(await claim())?.id, (await claim())?.id, await claim()]).toEqual([runs[0], runs[2], undefined])
    await finish(runs[0] ?? 0)
    expect((await claim())?.id).toBe(runs[1])
  })

  test('cancelling queued runs releases them, and moves the head of their lane', async () => {
    const job = await createJob(ctx.db)
    const runs = [await trigger(job), await trigger(job), await trigger(job)]
    expect((await cancelRun(ctx, { accountId: 1, runId: runs[0] ?? 0 })).released_at).not.toBeNull()
    await cancelRun(ctx, { accountId: 1, runId: runs[1] ?? 0 })
    expect((await claim())?.id).toBe(runs[2])
    const first = await ctx.db
      .selectFrom('runs')
      .selectAll()
      .where('id', '=', runs[0] ?? 0)
      .executeTakeFirstOrThrow()
    expect([first.status, first.status_message, first.started_at]).toEqual(['cancelled', 'Cancelled by user.', null])
  })

  test('the first end stands: a cancel after a time-out changes nothing, nor does the release', async () => {
    const run = await trigger(await createJob(ctx.db))
    const claimed = await claim()
    const held = { runId: run, serialKey: claimed?.serial_key ?? '', workerId: 'w1', claim: 1 }
    expect(await endRun(ctx.db, held, { status: 'cancelled', message: 'timed out' })).toBe(true)
    expect((await cancelRun(ctx, { accountId: 1, runId: run })).status_message).toBe('timed out')
    expect(await endRun(ctx.db, held, { status: 'error', message: 'other' })).toBe(false)
    const released = await finishRun(ctx.db, held, { status: 'success', message: null })
    expect([released?.status, released?.status_message]).toEqual(['cancelled', 'timed out'])
    expect(await finishRun(ctx.db, held, { status: 'success', message: null })).toBeUndefined()
  })

  test('a lost worker: no step started → queued again, at most three claims; a step started → error', async () => {
    const run = await trigger(await createJob(ctx.db))
    for (const worker of ['w1', 'w2', 'w3']) {
      expect((await claim(worker))?.id).toBe(run)
      expect(await reapLostRuns(ctx.db, { graceSeconds: 5 })).toEqual([])
      await expireLeases()
      const fate = worker === 'w3' ? 'ended in error' : 'queued again'
      expect(await reapLostRuns(ctx.db, { graceSeconds: 5 })).toEqual([{ runId: run, fate }])
    }
    const started = await trigger(await createJob(ctx.db))
    await claim()
    await ctx.db
      .updateTable('runs')
      .set({ status: 'running', started_at: new Date() })
      .where('id', '=', started)
      .execute()
    for (const path of ['catalog.json', 'sources.json']) {
      const artifact = { run_id: started, step_index: 4, path, size_bytes: 1, store_key: path }
      await ctx.db.insertInto('run_artifacts').values(artifact).execute()
    }
    await expireLeases()
    expect(await reapLostRuns(ctx.db, { graceSeconds: 5 })).toEqual([{ runId: started, fate: 'ended in error' }])
    const row = await ctx.db.selectFrom('runs').selectAll().where('id', '=', started).executeTakeFirstOrThrow()
    expect(row.status_message).toMatch(/worker w1 .* was lost/)
    expect(row.released_at).not.toBeNull()
    expect(row).toMatchObject({ artifacts_saved: true, has_docs_generated: true, has_sources_generated: true })
  })

  test('an expired lease can neither be renewed nor finished, and of a final run it only releases', async () => {
    const run = await trigger(await createJob(ctx.db))
    await claim()
    expect(await renewLeases(ctx.db, { workerId: 'w1', runIds: [run], leaseSeconds: 15 })).toHaveLength(1)
    await cancelRun(ctx, { accountId: 1, runId: run })
    await expireLeases()
    expect(await renewLeases(ctx.db, { workerId: 'w1', runIds: [run], leaseSeconds: 15 })).toEqual([])
    expect(await finish(run)).toBeUndefined()
    expect(await reapLostRuns(ctx.db, { graceSeconds: 5 })).toEqual([{ runId: run, fate: 'released' }])
    const row = await ctx.db.selectFrom('runs').selectAll().where('id', '=', run).executeTakeFirstOrThrow()
    expect([row.status, row.status_message]).toEqual(['cancelled', 'Cancelled by user.'])
  })

  test('many workers that claim at once take every run once and break no rule', async () => {
    await ctx.db.updateTable('accounts').set({ run_slots: 3 }).execute()
    const jobs = await Promise.all([1, 2, 3, 4, 5].map(() => createJob(ctx.db)))
    const queued = await Promise.all(jobs.flatMap((job) => [trigger(job), trigger(job), trigger(job)]))
    const claimed: number[] = []
    const held = new Set<string>()
    const worker = async (workerId: string) => {
      for (let idle = 0; idle < 20; ) {
        const run = await claim(workerId)
        if (run === undefined) {
          idle++
          continue
        }
        claimed.push(run.id)
        expect(held.has(run.serial_key)).toBe(false)
        held.add(run.serial_key)
        expect(held.size).toBeLessThanOrEqual(3)
        held.delete(run.serial_key)
        await finish(run.id, workerId)
      }
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(worker))
    expect(claimed.sort((a, b) => a - b)).toEqual(queued.sort((a, b) => a - b))
  })

  async function expireLeases(): Promise<void> {
    await ctx.db
      .updateTable('runs')
      .set({ lease_expires_at: sql<Date>`now() - interval '6 seconds'` })
      .where('released_at', 'is', null)
      .where('claimed_at', 'is not', null)
      .execute()
  }
})

test('a claim that waits for a lane lets the trigger pass that holds it', async () => {
  const database = await createTestDatabase('postgres')
  const ctx = { db: database.db, wakeUp: new DatabaseWakeUp(database) }
  const job = await createJob(ctx.db)
  const queue = { accountId: 1, jobId: job, causeCategory: 'api', overrides: {} } as const
  const first = await triggerRun(ctx, queue)
  const claim = await database.db.transaction().execute(async (tx) => {
    await lockLane(tx, first.serial_key)
    const claiming = claimRun(ctx.db, { workerId: 'w1', leaseSeconds: 15 })
    await eventually('the claim has the account and waits for the lane', async () => {
      const { rows } = await sql<{ waiting: boolean }>`
        select exists (select from pg_locks where not granted) as waiting
      `.execute(ctx.db)
      return rows[0]?.waiting
    })
    // With a stronger lock on the account, PostgreSQL would end one of the two as deadlocked.
    await triggerRun({ ...ctx, db: tx }, queue)
    return { claiming }
  })
  expect((await claim.claiming)?.run.id).toBe(first.id)
  await database.close()
})
