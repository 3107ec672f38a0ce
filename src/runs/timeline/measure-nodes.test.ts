import { measureNodes } from './measure-nodes.ts'

const at = (second: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + second * 1000)
const node = (unique_id: string, from: number | null, to: number | null, is_critical = false) => ({
  ...{ unique_id, is_critical, started_at: from === null ? null : at(from), finished_at: to === null ? null : at(to) },
  seconds: from === null || to === null ? null : to - from,
})

test('the tiles of six nodes on two threads', () => {
  const nodes = [
    node('a', 0, 2, true),
    node('b', 0, 1),
    node('c', 2, 6, true),
    node('d', 1, 2),
    node('e', 6, 8, true),
    node('skipped', null, null),
  ]
  expect(measureNodes(nodes, at(100))).toEqual({
    ...{ first_node_at: at(0), last_node_at: at(8), wall_clock: 8, critical_path: 8, peak_concurrency: 2 },
    ...{ average_active: 10 / 8, longest: { unique_id: 'c', seconds: 4 }, latest_start: 6 },
  })
})

test('a node that runs goes on until now', () => {
  const metrics = measureNodes([node('a', 0, null), node('b', 1, 3)], at(5))
  expect(metrics).toMatchObject({
    wall_clock: 5,
    peak_concurrency: 2,
    critical_path: null,
    longest: { unique_id: 'b' },
  })
})

test('no nodes, no times', () => {
  expect(measureNodes([], at(0))).toEqual({
    ...{ first_node_at: null, last_node_at: null, wall_clock: 0, critical_path: null, peak_concurrency: 0 },
    ...{ average_active: 0, longest: null, latest_start: 0 },
  })
})
