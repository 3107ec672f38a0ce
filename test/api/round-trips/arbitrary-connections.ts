import fc from 'fast-check'
import { detailsOfAdapter } from '../../../src/domain/adapter-details.ts'
import { line, plainName, rare } from './arbitrary-words.ts'

const detail = fc.oneof(line, fc.integer(), fc.boolean())
// Details that name a file or load code on the worker have rules of their own.
const file = fc.record({ path: fc.constantFrom('x.duckdb', 'a/b.duckdb') }, { requiredKeys: [] })
const words = fc.dictionary(
  fc.constantFrom('host', 'hostname', 'port', 'dbname', 'server', 'account', 'sslmode', 'user'),
  detail,
)
const details = fc.tuple(words, file).map((parts) => ({ ...parts[0], ...parts[1] }))
const lists = fc.record(
  {
    scopes: fc.array(line, { maxLength: 3 }),
    extensions: fc.uniqueArray(fc.constantFrom('httpfs', 'parquet', 'spatial')),
  },
  { requiredKeys: [] },
)
export const connection = fc
  .record({
    name: line,
    type: fc.constantFrom('postgres', 'duckdb', 'sqlserver', 'snowflake', 'trino', 'bigquery'),
    details: fc.tuple(details, lists).map(([scalars, arrays]) => ({ ...scalars, ...arrays })),
  })
  // Each adapter has its own keys, and ODBC's reads more than one value where these characters are.
  .map(({ details: any, ...rest }) => {
    const known = detailsOfAdapter(rest.type)
    const may = (value: unknown) => rest.type !== 'sqlserver' || !/[;{}]/.test(String(value))
    const own = Object.entries(any).filter(([name, value]) => known?.has(name) && may(value))
    return { ...rest, details: Object.fromEntries(own) }
  })

export const credentials = fc.record({
  type: fc.constantFrom('postgres', 'snowflake', 'adapter'),
  threads: rare(fc.integer({ min: 1, max: 8 })),
  target_name: rare(fc.constantFrom('default', 'prod')),
  password: rare(line),
  username: rare(line),
  schema: rare(plainName),
})
