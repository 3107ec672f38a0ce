import { presentDetails } from './present-connection.ts'

test.each([
  ['postgres', { host: 'db' }, { host: 'db', hostname: 'db', port: 5432 }],
  ['postgres', { hostname: 'db', port: 6432 }, { host: 'db', hostname: 'db', port: 6432 }],
  ['sqlserver', { server: 'db' }, { server: 'db', host: 'db', hostname: 'db', port: 1433 }],
  ['fabric', { host: 'db', port: 1434 }, { server: 'db', host: 'db', hostname: 'db', port: 1434 }],
  ['duckdb', {}, { path: ':memory:' }],
  ['duckdb', { path: 'shop.duckdb' }, { path: 'shop.duckdb' }],
  ['snowflake', { account: 'x' }, { account: 'x' }],
])('%s with %j has what OpenLineage reads', (type, details, expected) => {
  expect(presentDetails({ name: 'c', type, details })).toEqual(expected)
})
