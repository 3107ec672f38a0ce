import fc from 'fast-check'
import { connection } from './arbitrary-connections.ts'
import { line, rare } from './arbitrary-words.ts'

const branch = fc.stringMatching(/^[a-z0-9]{1,8}(\/[a-z0-9_-]{1,8}){0,3}$/)
const id = fc.integer({ min: 1, max: 100 })

export const environment = fc.record({
  name: line,
  type: fc.constantFrom('deployment', 'development'),
  deployment_type: fc.constantFrom('production', 'staging', null),
  dbt_version: fc.option(fc.constantFrom('1.10.0', 'latest', 'versionless')),
  use_custom_branch: rare(fc.boolean()),
  custom_branch: fc.option(branch),
  stratus: rare(
    fc.record(
      {
        engine: fc.constantFrom('dbt', 'simulated', null),
        max_parallel_runs: fc.option(id),
        profile: fc.option(fc.record({ target: fc.constantFrom('prod', 'dev') })),
        connection: fc.option(connection.map(({ name, type, details: own }) => ({ ...own, name, type }))),
        credentials: fc.constant(null),
      },
      { requiredKeys: [] },
    ),
  ),
})
