import { mostUniqueId, type NodeReport } from '../../src/domain/runs/node-report.ts'
import { reapLostRuns } from '../../src/queue/reap-lost-runs.ts'
import { listRunNodes } from '../../src/runs/node-queries.ts'
import { databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'
import { createJob } from '../support/rows.ts'
import { aborted, ScriptedEngine } from '../support/scripted-engine.ts'
import { useWorkers } from '../support/worker-harness.ts'

const whole = {
  ...{ name: 'orders', resourceType: 'model', packageName: 'shop', path: 'models/orders.sql' },
  ...{ group: 'sales', owner: 'Ann', tags: ['nightly'] },
}

const started: NodeReport = {
  uniqueId: 'model.shop.orders',
  status: 'running',
  description: { name: 'orders', resourceType: 'model' },
  startedAt: '2026-11-30T10:00:00.250Z',
  thread: 'Thread-1',
}

describe.each(databaseKinds)('the nodes of runs on %s', (kind) => {
  const harness = useWorkers(kind)
  const nodesOf = async (runId: number) => (await listRunNodes(harness.db, runId, {}, { limit: 100 })).nodes

  /** A run whose last step tells this and then waits until it may end. */
  async function run(reports: readonly NodeReport[], end: Promise<unknown> = Promise.resolve(), job?: number) {
    const script: ScriptedEngine['script'] = async ({ steps }, sink, signal) => {
      await sink.report({ type: 'stepsPlanned', steps })
      const step = steps.at(-1)?.index ?? 0
      for (const { index } of steps.slice(0, -1))
        await sink.report({ type: 'stepFinished', step: index, end: { status: 'success' } })
      await sink.report({ type: 'stepStarted', step })
      for (const node of reports)
        await sink.report({ type: node.status === 'running' ? 'nodeStarted' : 'nodeFinished', step, node })
      await Promise.race([end, aborted(signal)])
      await sink.report({ type: 'stepFinished', step, end: { status: 'success' } })
      return { outcome: 'success' }
    }
    harness.startWorker(new ScriptedEngine(script))
    return harness.trigger(job ?? (await createJob(harness.db)))
  }

  test('are there while they run, and in the end with all that was told of them', async () => {
    let endIt = () => {}
    const id = await run([started], new Promise<void>((resolve) => (endIt = resolve)))
    const [running] = await eventually('a node runs', async () => {
      const nodes = await nodesOf(id)
      return nodes.length > 0 && nodes
    })
    expect(running).toMatchObject({ unique_id: 'model.shop.orders', status: 'running', finished_at: null, path: null })
    endIt()
    await harness.released(id)
    expect(await nodesOf(id)).toMatchObject([
      { status: 'interrupted', started_at: new Date('2026-11-30T10:00:00.250Z') },
    ])
  })

  test('a later report adds to an earlier one and takes nothing away', async () => {
    const id = await run([
      started,
      { uniqueId: started.uniqueId, status: 'success', seconds: 1.5, finishedAt: '2026-11-30T10:00:01.750Z' },
      { uniqueId: started.uniqueId, status: 'error', description: whole, compileSeconds: 0.25, executeSeconds: 1.2 },
      { uniqueId: started.uniqueId, status: 'error', message: 'Binder \0Error', failures: 3, rowsAffected: 2 ** 40 },
    ])
    await harness.released(id)
    const [node, ...more] = await nodesOf(id)
    expect(more).toEqual([])
    expect(node).toMatchObject({
      ...{ status: 'error', thread: 'Thread-1', seconds: 1.5, compile_seconds: 0.25, execute_seconds: 1.2 },
      ...{ started_at: new Date('2026-11-30T10:00:00.250Z'), finished_at: new Date('2026-11-30T10:00:01.750Z') },
      ...{ failures: 3, rows_affected: 2 ** 40, message: 'Binder \uFFFDError', bytes_processed: null },
      ...{ name: 'orders', package_name: 'shop', path: 'models/orders.sql' },
      ...{ group_name: 'sales', owner: 'Ann', tags: ['nightly'] },
    })
  })

  test('a node is the same in all runs, and is described as the last manifest did', async () => {
    const done = { uniqueId: 'model.shop.orders', status: 'success' }
    const first = await run([{ ...done, description: whole }])
    await harness.released(first)
    await harness.drain()
    const { job_id } = await harness.findRun(first)
    const bea = { ...done, description: { ...whole, owner: 'Bea' } }
    const second = await run([started, bea], Promise.resolve(), job_id)
    await harness.released(second)
    const [[before], [after]] = [await nodesOf(first), await nodesOf(second)]
    expect(after?.node_id).toBe(before?.node_id)
    expect([before?.owner, after?.owner, after?.path]).toEqual(['Bea', 'Bea', 'models/orders.sql'])
  })

  test('very many of them are all written, and pages of them follow each other', async () => {
    const ids = Array.from({ length: 6_500 }, (_, index) => `model.shop.m${index}`)
    const id = await run(ids.map((uniqueId, index) => ({ uniqueId, status: index % 100 === 0 ? 'error' : 'success' })))
    await harness.released(id)
    const seen: string[] = []
    let after: Parameters<typeof listRunNodes>[3]['after']
    do {
      const page = await listRunNodes(harness.db, id, {}, { after, limit: 2_000 })
      expect(page.counts).toEqual({ error: 65, success: 6_435 })
      seen.push(...page.nodes.map(({ unique_id }) => unique_id))
      after = page.next
    } while (after !== undefined)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  test('ids that the database cannot keep apart are one node, and the longest are kept', async () => {
    const done = { status: 'success' }
    const longest = Array.from({ length: mostUniqueId }, (_, index) =>
      String.fromCodePoint(0x4e00 + ((index * 7919) % 20_000)),
    )
    const ids = ['model.shop.a\0', 'model.shop.a\uFFFD', 'model.shop.a\uD800', '__proto__', longest.join('')]
    const id = await run(ids.map((uniqueId, index) => ({ uniqueId, ...done, failures: index })))
    expect(await harness.released(id)).toMatchObject({ status: 'success' })
    const nodes = await nodesOf(id)
    expect(new Set(nodes.map(({ unique_id }) => unique_id))).toEqual(
      new Set(ids.slice(1).filter((_, index) => index !== 1)),
    )
    expect(nodes.find(({ unique_id }) => unique_id === ids[1])).toMatchObject({ failures: 2 })
  })

  test('those of a run whose worker is gone were interrupted', async () => {
    const id = await run([started], new Promise(() => {}))
    await eventually('a node runs', async () => (await nodesOf(id)).length > 0)
    expect(await reapLostRuns(harness.db, { graceSeconds: 0, all: true })).toEqual([
      { runId: id, fate: 'ended in error' },
    ])
    expect((await nodesOf(id)).map(({ status }) => status)).toEqual(['interrupted'])
  })
})
