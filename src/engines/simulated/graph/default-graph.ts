import type { GraphDocument, GraphNodeDocument } from '../../../domain/scenarios/scenario.ts'

/** The project that is played when a scenario brings none. */
export const defaultGraph: GraphDocument = {
  project: 'corner_shop',
  nodes: [
    { name: 'orders', resource_type: 'source', source: 'till' },
    { name: 'payments', resource_type: 'source', source: 'till' },
    { name: 'countries', resource_type: 'seed' },
    { name: 'stg_orders', depends_on: ['till.orders'], path: 'models/staging/stg_orders.sql', tags: ['staging'] },
    { name: 'stg_payments', depends_on: ['till.payments'], path: 'models/staging/stg_payments.sql', tags: ['staging'] },
    { name: 'orders', depends_on: ['stg_orders', 'stg_payments'], materialized: 'table', ...mart('orders') },
    { name: 'customers', depends_on: ['orders', 'countries'], materialized: 'table', ...mart('customers') },
    { name: 'daily_revenue', depends_on: ['orders'], materialized: 'incremental', ...mart('daily_revenue') },
    { name: 'orders_history', resource_type: 'snapshot', depends_on: ['stg_orders'] },
    { name: 'unique_stg_orders_order_id', resource_type: 'test', depends_on: ['stg_orders'] },
    { name: 'not_null_orders_order_id', resource_type: 'test', depends_on: ['orders'] },
    { name: 'relationships_orders_customer_id', resource_type: 'test', depends_on: ['orders', 'customers'] },
    { name: 'unique_customers_customer_id', resource_type: 'test', depends_on: ['customers'] },
  ],
}

function mart(name: string) {
  return { path: `models/marts/${name}.sql`, tags: ['marts'] }
}

const modelsPerLayer = 10

/** Puts models in layers of ten, each reading from one or two of the layer before, and spreads tests over them. */
export function layeredGraph({ project, models = 1, tests = 0 }: GraphDocument): GraphNodeDocument[] {
  const nameOf = (position: number) => `model_${String(position + 1).padStart(3, '0')}`
  const modelNodes = Array.from({ length: models }, (_, position): GraphNodeDocument => {
    const layer = Math.floor(position / modelsPerLayer)
    const above = (layer - 1) * modelsPerLayer
    const parents = [position - modelsPerLayer, above + ((position + 3) % modelsPerLayer)]
    return {
      name: nameOf(position),
      materialized: layer === 0 ? 'view' : 'table',
      depends_on: layer === 0 ? [`${project ?? 'raw'}.events`] : [...new Set(parents)].map(nameOf),
      path: `models/layer_${layer + 1}/${nameOf(position)}.sql`,
    }
  })
  const testNodes = Array.from({ length: tests }, (_, position): GraphNodeDocument => {
    const tested = nameOf(position % models)
    return { name: `not_null_${tested}_${position + 1}`, resource_type: 'test', depends_on: [tested] }
  })
  return [{ name: 'events', resource_type: 'source', source: project ?? 'raw' }, ...modelNodes, ...testNodes]
}
