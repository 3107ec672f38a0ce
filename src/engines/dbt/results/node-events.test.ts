import type { DbtEvent } from '../output/log/dbt-event.ts'
import { nodeInEvent } from './node-events.ts'

function event(name: string, data: Record<string, unknown>): DbtEvent {
  return { name, level: 'info', msg: '', ts: '', thread: 'Thread-2 (worker)', invocationId: undefined, data }
}

/** dbt 1.11.16 prints them like this. */
const info = {
  ...{ node_name: 'orders', node_path: 'orders.sql', resource_type: 'model', unique_id: 'model.shop.orders' },
  ...{ node_started_at: '2026-11-30T18:52:45.244914', node_finished_at: '', node_status: 'started' },
}
const description = { name: 'orders', resourceType: 'model' }

test('a node that starts', () => {
  expect(nodeInEvent(event('LogStartLine', { node_info: info, index: 1, total: 49 }))).toEqual({
    ...{ uniqueId: 'model.shop.orders', status: 'running', description, thread: 'Thread-2 (worker)' },
    startedAt: '2026-11-30T18:52:45.244Z',
  })
})

test('a model that failed: its status is the node’s and not what the adapter said', () => {
  const node_info = { ...info, node_finished_at: '2026-11-30T18:52:46.039832', node_status: 'error' }
  expect(nodeInEvent(event('LogModelResult', { node_info, status: 'CREATE VIEW', execution_time: 0.79 }))).toEqual({
    ...{ uniqueId: 'model.shop.orders', status: 'error', description, seconds: 0.79 },
    ...{ startedAt: '2026-11-30T18:52:45.244Z', finishedAt: '2026-11-30T18:52:46.039Z' },
  })
})

test('a unit test has its status beside the node', () => {
  const node_info = { ...info, unique_id: 'unit_test.shop.orders.one', resource_type: 'unit_test', node_status: 'None' }
  const { status, failures } = nodeInEvent(event('LogTestResult', { node_info, status: 'fail', num_failures: 1 })) ?? {}
  expect([status, failures]).toEqual(['fail', 1])
})

test('a node that is skipped has no end of its own', () => {
  const told = nodeInEvent(event('SkippingDetails', { node_info: { ...info, node_status: 'skipped' } }))
  expect(told).toMatchObject({ status: 'skipped' })
  expect(told).not.toHaveProperty('finishedAt')
})

test('dbt 2 says less, and its times with their zone', () => {
  const node_info = {
    ...{ unique_id: 'model.shop.orders', node_status: 'reused', node_started_at: '2026-11-30T18:52:45.244914Z' },
    node_finished_at: '2026-11-30T19:52:46Z',
  }
  expect(nodeInEvent(event('NodeFinished', { node_info, status: 'reused' }))).toEqual({
    ...{ uniqueId: 'model.shop.orders', status: 'reused' },
    description: { name: 'model.shop.orders', resourceType: 'model' },
    ...{ startedAt: '2026-11-30T18:52:45.244Z', finishedAt: '2026-11-30T19:52:46.000Z' },
  })
})

test.each([
  ['another event', event('SQLCompiledPath', { node_info: { ...info, node_status: 'error' } })],
  ['a batch of a model', event('LogBatchResult', { node_info: { ...info, node_status: 'success' } })],
  ['no node', event('LogModelResult', { status: 'OK' })],
  ['an id that is none', event('LogModelResult', { node_info: { ...info, unique_id: 7 } })],
  ['an id of 10,000 characters', event('LogStartLine', { node_info: { ...info, unique_id: 'm'.repeat(10_000) } })],
  ['an end without a status', event('LogModelResult', { node_info: info })],
])('%s is not the start or the end of a node', (_, given) => {
  expect(nodeInEvent(given)).toBeUndefined()
})

test.each([1.5, 1e300, Number.POSITIVE_INFINITY, '7'])('a number that is none is left out: %s', (num_failures) => {
  const node_info = { ...info, node_status: 'fail' }
  const told = nodeInEvent(
    event('LogTestResult', { node_info, num_failures, execution_time: Number.POSITIVE_INFINITY }),
  )
  expect(told).toMatchObject({ status: 'fail' })
  expect(told).not.toHaveProperty('failures')
  expect(told).not.toHaveProperty('seconds')
})

test.each([
  ...['12026-11-30T10:00:00Z', '2026-13-30T10:00:00Z', 'yesterday', '2026-11-30T10:00:00+99:00', 5],
  ...['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:00', '9999-12-31T23:59:59-23:00'],
])('a time that is none is left out: %s', (node_started_at) => {
  const told = nodeInEvent(event('LogStartLine', { node_info: { ...info, node_started_at } }))
  expect(told).toMatchObject({ status: 'running' })
  expect(told).not.toHaveProperty('startedAt')
})
