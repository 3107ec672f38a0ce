import fc from 'fast-check'
import type { GraphNodeDocument } from '../../../domain/scenarios/scenario.ts'
import { inventManifest } from './invent-manifest.ts'
import { readGraph } from './node-graph.ts'
import { selectNodes } from './select-nodes.ts'

const nodes: GraphNodeDocument[] = [
  { name: 'orders', resource_type: 'source', source: 'raw' },
  { name: 'stg_orders', depends_on: ['raw.orders'], path: 'models/staging/stg_orders.sql', tags: ['nightly'] },
  { name: 'countries', resource_type: 'seed' },
  { name: 'orders', depends_on: ['stg_orders'], materialized: 'table', path: 'models/marts/orders.sql' },
  { name: 'revenue', depends_on: ['orders', 'countries'], path: 'models/marts/revenue.sql', tags: ['nightly'] },
  { name: 'unique_orders', resource_type: 'test', depends_on: ['orders'] },
  { name: 'orders_in_revenue', resource_type: 'test', depends_on: ['orders', 'revenue'] },
]
const plan = {
  ...{ runId: 1, accountId: 1, claim: 1, cause: '', causeCategory: 'api', steps: [], environmentVariables: {} },
  ...{ environment: { id: 1, name: '' }, job: { id: 1, name: '' }, profile: { kind: 'project' as const } },
  engine: { kind: 'simulated' as const },
  project: { id: 1, name: '', source: { kind: 'path' as const, path: '/' } },
}
const graph = readGraph(inventManifest({ project: 'shop', nodes }, plan))

function select(...words: string[]): string[] {
  return namesOf(selectNodes(graph, { select: words, indirect: 'empty' }).ids)
}

function namesOf(ids: Iterable<string>): string[] {
  return [...ids].map((id) => id.replace('.shop.', ':')).sort()
}

const tests = ['test:orders_in_revenue', 'test:unique_orders']

describe('a selector', () => {
  it.each([
    ['orders', ['model:orders', 'source:raw.orders']],
    ['shop.marts.orders', ['model:orders']],
    ['marts', ['model:orders', 'model:revenue']],
    ['stg_*', ['model:stg_orders']],
    ['model.shop.orders', ['model:orders']],
    ['tag:nightly', ['model:revenue', 'model:stg_orders']],
    ['path:models/marts', ['model:orders', 'model:revenue']],
    ['models/marts/orders.sql', ['model:orders']],
    ['revenue.sql', ['model:revenue']],
    ['resource_type:seed', ['seed:countries']],
    ['source:raw', ['source:raw.orders']],
    ['source:raw.orders', ['source:raw.orders']],
    ['source:raw+1', ['model:stg_orders', 'source:raw.orders']],
    ['config.materialized:table', ['model:orders']],
    ['test_type:singular', tests],
    ['revenue+', ['model:revenue', 'test:orders_in_revenue']],
    ['1+revenue', ['model:orders', 'model:revenue', 'seed:countries']],
    ['+revenue', ['model:orders', 'model:revenue', 'model:stg_orders', 'seed:countries', 'source:raw.orders']],
    [
      '@countries',
      [
        'model:orders',
        'model:revenue',
        'model:stg_orders',
        'seed:countries',
        'source:raw.orders',
        'test:orders_in_revenue',
      ],
    ],
    ['tag:nightly,path:models/marts', ['model:revenue']],
    ['tag:nightly resource_type:seed', ['model:revenue', 'model:stg_orders', 'seed:countries']],
    ['nothing', []],
  ])('%s takes %j', (selector, expected) => {
    expect(select(selector)).toEqual(expected)
  })

  it.each(['state:modified', 'orders+revenue', 'result:error+', 'tag:'])(
    '%s is said not to be simulated',
    (selector) => {
      const { ids, remarks } = selectNodes(graph, { select: [selector] })
      expect(ids.size).toBe(graph.nodes.size)
      expect(remarks).toEqual([`Not simulated: the selector ${selector}. The whole project is taken instead.`])
    },
  )
})

describe('a selection', () => {
  it('brings the tests of what it selects, as dbt does', () => {
    const take = (indirect: 'eager' | 'cautious') =>
      namesOf(selectNodes(graph, { select: ['model.shop.orders'], indirect }).ids)
    expect(take('eager')).toEqual(['model:orders', ...tests])
    expect(take('cautious')).toEqual(['model:orders', 'test:unique_orders'])
  })

  it('leaves out what is excluded, and its tests', () => {
    const ids = namesOf(selectNodes(graph, { exclude: ['revenue', 'source:*', 'resource_type:seed'] }).ids)
    expect(ids).toEqual(['model:orders', 'model:stg_orders', 'test:unique_orders'])
  })

  it('survives any selector', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30 }), (selected, excluded) => {
        const { ids } = selectNodes(graph, { select: [selected], exclude: [excluded] })
        expect([...ids].every((id) => graph.nodes.has(id))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('is the union of its words and the intersection of its parts', () => {
    const word = fc.constantFrom('orders', '+revenue', 'tag:nightly', 'marts', 'source:raw+', 'resource_type:test')
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(select(a, b)).toEqual([...new Set([...select(a), ...select(b)])].sort())
        expect(select(`${a},${b}`)).toEqual(select(a).filter((id) => select(b).includes(id)))
      }),
    )
  })
})
