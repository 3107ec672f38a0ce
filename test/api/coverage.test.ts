import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { absentObjects } from '../../src/api/absent-things.ts'
import { healthOperations } from '../../src/api/health/serve-health.ts'
import { atEachPath } from '../../src/api/http/operation.ts'
import { operations } from '../../src/api/operations.ts'
import { unservedOperations } from '../../src/api/unserved-operations.ts'

const root = path.resolve(import.meta.dirname, '../..')
const rows = readFileSync(path.join(root, 'openapi/COVERAGE.md'), 'utf8')
  .split('\n')
  .filter((line) => line.includes('| `'))
  .map((line) => {
    const [name = '', route = '', state = '', test = ''] = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim())
    return { operation: `${name} ${route.replaceAll('`', '')}`, state, test: test.replaceAll('\\|', '|') }
  })

const served = [...atEachPath(operations), ...healthOperations]
const keyOf = ({ operationId, method, path: route }: { operationId: string; method: string; path: string }) =>
  `${operationId} ${method.toUpperCase()} ${route.replace(/[:*](\w+)/g, '{$1}')}`
const inState = (pattern: RegExp) => rows.filter(({ state }) => pattern.test(state)).map(({ operation }) => operation)

test('openapi/COVERAGE.md has every operation in its state (node scripts/generate/coverage.mjs)', () => {
  expect(inState(/^(served|partial)\b/).sort()).toEqual(served.map(keyOf).sort())
  expect(inState(/^404$/).sort()).toEqual(atEachPath(absentObjects).map(keyOf).sort())
  expect(inState(/^501$/).sort()).toEqual(atEachPath(unservedOperations).map(keyOf).sort())
  expect(rows.filter(({ state }) => !/^(served(: .+)?|partial: .+|404|501)$/.test(state))).toEqual([])
})

test('the test that it names for each operation is there', () => {
  const withoutTest = rows.filter(({ test }) => {
    const [file = '', title = ''] = test.split(/: (.*)/s)
    if (file === '' || title === '' || !existsSync(path.join(root, file))) return true
    return !readFileSync(path.join(root, file), 'utf8').replaceAll("\\'", "'").includes(title)
  })
  expect(withoutTest).toEqual([])
})
