import { isPinned } from './pinned-package.ts'

const commit = 'a6ff85d1bb0a6bf5d8b1c2d3e4f5061728394a5b'

test.each([
  { local: '../shared' },
  { package: 'dbt-labs/dbt_utils', version: '1.3.0' },
  { package: 'dbt-labs/dbt_utils', version: '=1.3.0-rc1' },
  { package: 'dbt-labs/dbt_utils', version: ['1.3.0'] },
  { git: 'https://example.com/x.git', revision: commit },
])('%j is the same whenever it is asked for', (spec) => {
  expect(isPinned(spec)).toBe(true)
})

test.each([
  {},
  { local: 7 },
  { package: 'dbt-labs/dbt_utils' },
  { package: 'dbt-labs/dbt_utils', version: '1.3' },
  { package: 'dbt-labs/dbt_utils', version: 1.3 },
  { package: 'dbt-labs/dbt_utils', version: '>=1.3.0' },
  { package: 'dbt-labs/dbt_utils', version: '>=1.3.0,<2.0.0' },
  { package: 'dbt-labs/dbt_utils', version: ['>=1.3.0', '<2.0.0'] },
  { package: 'dbt-labs/dbt_utils', version: ['1.3.0', '1.3.1'] },
  { git: 'https://example.com/x.git' },
  { git: 'https://example.com/x.git', revision: 'main' },
  { git: 'https://example.com/x.git', revision: commit.slice(0, 12) },
  { tarball: 'https://example.com/x.tgz', name: 'x' },
  { private: 'a/b', revision: commit },
])('%j may be another one tomorrow', (spec) => {
  expect(isPinned(spec)).toBe(false)
})
