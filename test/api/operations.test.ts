import { healthOperations } from '../../src/api/health/serve-health.ts'
import { atEachPath } from '../../src/api/http/operation.ts'
import { operations } from '../../src/api/operations.ts'
import { describedOperations } from '../support/openapi/openapi-documents.ts'

/** `/x/:id/*path` as OpenAPI writes it. */
function openapiPath(path: string): string {
  return path.replace(/[:*](\w+)/g, '{$1}')
}

const served = [...atEachPath(operations), ...healthOperations].map(
  ({ operationId, method, path }) => `${operationId}: ${method.toUpperCase()} ${openapiPath(path)}`,
)
const described = describedOperations().map(
  ({ operationId, method, path }) => `${operationId}: ${method.toUpperCase()} ${path}`,
)

test('every operation that is served is described in openapi/', () => {
  expect(served.filter((each) => !described.includes(each))).toEqual([])
})

test('every operation that is described in openapi/ is served', () => {
  expect(described.filter((each) => !served.includes(each))).toEqual([])
})

test('no operation is there twice', () => {
  expect(new Set(served).size).toBe(served.length)
  expect(new Set(described).size).toBe(described.length)
})
