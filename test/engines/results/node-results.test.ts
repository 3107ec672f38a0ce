import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { NodeReport } from '../../../src/domain/runs/node-report.ts'
import { type ReadInvocation, readResults } from '../../../src/engines/dbt/results/read-results.ts'
import { ResultsThread } from '../../../src/engines/dbt/results/results-thread.ts'

let target: string
beforeEach(async () => {
  target = await mkdtemp(path.join(tmpdir(), 'stratus-results-'))
})
afterEach(() => rm(target, { recursive: true }))

function write(name: string, content: unknown): Promise<void> {
  return writeFile(path.join(target, name), typeof content === 'string' ? content : JSON.stringify(content))
}

const most = { mostMessage: 50, mostText: 100, mostCodeLine: 40 }

async function* pieces(invocation: ReadInvocation): AsyncGenerator<NodeReport[]> {
  await using thread = new ResultsThread(most)
  yield* readResults(target, invocation, () => thread)
}

async function read(
  { invocationId, begunAt = 0 }: { invocationId?: string; begunAt?: number } = { invocationId: 'inv-1' },
): Promise<NodeReport[]> {
  const nodes: NodeReport[] = []
  for await (const piece of pieces({ invocationId, begunAt })) nodes.push(...piece)
  return nodes
}

const metadata = { invocation_id: 'inv-1', dbt_schema_version: 'https://schemas.getdbt.com/dbt/run-results/v6.json' }

function result(uniqueId: string, changes: Record<string, unknown> = {}) {
  return {
    ...{
      unique_id: uniqueId,
      status: 'success',
      thread_id: 'Thread-1',
      execution_time: 1.5,
      message: 'OK',
      failures: null,
    },
    timing: [
      { name: 'compile', started_at: '2026-11-30T10:00:00.250100Z', completed_at: '2026-11-30T10:00:00.500100Z' },
      { name: 'execute', started_at: '2026-11-30T10:00:00.500100Z', completed_at: '2026-11-30T10:00:01.750100Z' },
    ],
    adapter_response: { rows_affected: 9, bytes_processed: '2048' },
    ...changes,
  }
}

const manifest = {
  metadata,
  nodes: {
    'model.shop.orders': {
      ...{ name: 'orders', resource_type: 'model', package_name: 'shop', original_file_path: 'models/orders.sql' },
      ...{ config: { group: 'sales', tags: ['nightly'] }, raw_code: 'select 1' },
    },
    'model.shop.other': { name: 'other', resource_type: 'model' },
  },
  exposures: { 'exposure.shop.board': { name: 'board', resource_type: 'exposure', owner: { email: ['bea@shop'] } } },
  groups: { 'group.shop.sales': { name: 'sales', owner: { name: 'Ann' } } },
}

test('results with what the manifest says of their nodes', async () => {
  await write('run_results.json', { metadata, results: [result('model.shop.orders'), result('exposure.shop.board')] })
  await write('manifest.json', manifest)
  const [orders, board, ...more] = await read()
  expect(more).toEqual([])
  expect(orders).toMatchObject({
    ...{ uniqueId: 'model.shop.orders', status: 'success', thread: 'Thread-1', seconds: 1.5, message: 'OK' },
    ...{ startedAt: '2026-11-30T10:00:00.250Z', finishedAt: '2026-11-30T10:00:01.750Z' },
    ...{ compileSeconds: 0.25, executeSeconds: 1.25, rowsAffected: 9, bytesProcessed: 2048 },
    description: {
      ...{ name: 'orders', resourceType: 'model', packageName: 'shop', path: 'models/orders.sql' },
      ...{ group: 'sales', owner: 'Ann', tags: ['nightly'] },
    },
  })
  expect(board?.description).toMatchObject({ name: 'board', owner: 'bea@shop' })
})

test('the freshness of sources', async () => {
  const source = {
    unique_id: 'source.shop.till.rows',
    status: 'runtime error',
    error: 'no such table',
    max_loaded_at: null,
  }
  await write('sources.json', { metadata, results: [source] })
  expect(await read()).toMatchObject([
    { uniqueId: source.unique_id, status: 'runtime error', message: 'no such table' },
  ])
})

test('what another invocation wrote counts for nothing, whichever way it is known', async () => {
  await write('run_results.json', { metadata, results: [result('model.shop.orders')] })
  expect(await read({ invocationId: 'inv-2' })).toEqual([])
  expect(await read({ begunAt: Date.now() + 60_000 })).toEqual([])
  expect(await read({})).toHaveLength(1)
})

test('a file that is cut short counts as far as it goes', async () => {
  const whole = JSON.stringify({ metadata, results: [result('model.shop.a'), result('model.shop.b')] })
  await write('run_results.json', whole.slice(0, whole.indexOf('model.shop.b') + 3))
  await write('manifest.json', JSON.stringify(manifest).slice(0, 300))
  expect((await read()).map(({ uniqueId }) => uniqueId)).toEqual(['model.shop.a'])
})

test('what dbt never writes is passed over: other types, ids that are none, numbers that are none, NUL', async () => {
  const odd = [
    null,
    7,
    [],
    result('m'.repeat(10_000)),
    result('model.shop.no-status', { status: undefined }),
    result('model.shop.odd', {
      ...{ status: 'Weird', timing: 'soon', thread_id: {}, execution_time: 'long', adapter_response: [], failures: -1 },
      message: `a\0b${'x'.repeat(100)}`,
    }),
  ]
  await write('run_results.json', { metadata: { ...metadata, dbt_schema_version: 'run-results/v99' }, results: odd })
  await write('manifest.json', { nodes: { 'model.shop.odd': 'text' }, groups: [] })
  const [node, ...more] = await read()
  expect(more).toEqual([])
  expect(node).toMatchObject({ uniqueId: 'model.shop.odd', status: 'weird', message: `a\0b${'x'.repeat(47)}` })
  for (const key of ['startedAt', 'seconds', 'thread', 'rowsAffected', 'failures'] as const)
    expect(node?.[key]).toBeUndefined()
})

test('each text is cut, and times of a year that no database keeps are none', async () => {
  const long = 'x'.repeat(5_000)
  const timing = [
    { name: 'compile', started_at: '0000-01-01T00:00:00Z', completed_at: '0001-01-01T00:00:00Z' },
    { name: 'execute', started_at: '2026-11-30T10:00:00Z', completed_at: '9999-12-31T23:59:59-23:59' },
  ]
  const odd = { status: long, thread_id: long, message: '', error: long, timing }
  await write('run_results.json', { metadata, results: [result('model.shop.odd', odd)] })
  const texts = { name: long, resource_type: long, package_name: long, original_file_path: long, group: long }
  const described = { ...texts, owner: { name: long }, tags: [7, ...Array.from({ length: 200 }, () => long)] }
  await write('manifest.json', { nodes: { 'model.shop.odd': described } })
  const [node] = await read()
  expect(node).toMatchObject({ startedAt: '2026-11-30T10:00:00.000Z', finishedAt: '0001-01-01T00:00:00.000Z' })
  expect([node?.message?.length, node?.status.length, node?.thread?.length]).toEqual([50, 100, 100])
  const { tags = [], ...description } = node?.description ?? {}
  expect(Object.values(description).map((text) => String(text).length)).toEqual([100, 100, 100, 100, 100, 100])
  expect([tags.length, tags[0]?.length]).toEqual([100, 100])
})

/** Larger ones would end the whole process, or take hours. */
test.each([
  ['levels', `${'['.repeat(200)}${']'.repeat(200)}`],
  ['digits', '9'.repeat(17 * 2 ** 20)],
  ['parts', `[${'1,'.repeat(8.5 * 2 ** 20)}1]`],
])('a value of too many %s ends what is read of a file', async (_, value) => {
  const [before, after] = ['a', 'b'].map((name) => JSON.stringify(result(`model.shop.${name}`)))
  await write(
    'run_results.json',
    `{"metadata":${JSON.stringify(metadata)},"results":[${before},{"x":${value}},${after}]}`,
  )
  expect((await read()).map(({ uniqueId }) => uniqueId)).toEqual(['model.shop.a'])
})

test.each(['', 'no JSON at all', '[1, 2', '{"results": [NaN]}', '\uFEFF{}'])('no results in %j', async (content) => {
  await write('run_results.json', content)
  expect(await read()).toEqual([])
})

test('a link is not read', async () => {
  await symlink('/etc/passwd', path.join(target, 'run_results.json'))
  await expect(read()).rejects.toThrow('is a link')
})

test('twenty thousand nodes in pieces', async () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `model.shop.m${index}`)
  await write('run_results.json', {
    metadata,
    results: ids.map((id) => result(id, { compiled_code: 'select 1\n'.repeat(50) })),
  })
  const lengths: number[] = []
  for await (const piece of pieces({ invocationId: 'inv-1', begunAt: 0 })) lengths.push(piece.length)
  expect([lengths.reduce((sum, length) => sum + length, 0), Math.max(...lengths)]).toEqual([20_000, 500])
})
