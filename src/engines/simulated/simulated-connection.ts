import type { Connection } from '../../domain/environment.ts'
import type { Simulation } from './prepare-simulation.ts'

/** Reserved for names that never exist. */
const host = 'simulated.invalid'
const port = 5432

/** Adapters that have neither host nor port say here where a warehouse is. Lineage is lost without it. */
const detailsOf = new Map<string, Connection['details']>([
  ['bigquery', {}],
  ['snowflake', { account: 'simulated' }],
  ['databricks', { host }],
  ['duckdb', { path: 'simulated.duckdb' }],
  ['sqlserver', { server: host, port }],
  ['fabric', { server: host, port }],
  ['dremio', { software_host: host, port }],
  ['athena', { region_name: 'simulated' }],
  ['glue', { region: 'simulated', account_id: '000000000000' }],
  ['spark', { method: 'thrift', host, port }],
])

/** The warehouse that a run seems to use when its environment has no connection of its own. */
export function simulatedConnection({ adapter, plan }: Simulation): Connection | undefined {
  if (plan.profile.kind === 'connection') return undefined
  const name = plan.profile.profileName ?? 'simulated'
  return { name, type: adapter, details: detailsOf.get(adapter) ?? { host, port } }
}
