import { atEachPath } from '../../src/api/http/operation.ts'
import { operations as served } from '../../src/api/operations.ts'
import { isAllowed, permissionSets, permissions } from '../../src/domain/permissions.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

const operations = atEachPath(served)

let api: TestApi
let ids: Record<string, number>
beforeAll(async () => {
  api = await createTestApi()
  const job_id = await createJob(api.ctx.db)
  const run = (await api.post(`/api/v2/accounts/1/jobs/${job_id}/run/`).expect(200)).body.data
  ids = { account_id: 1, job_id, run_id: run.id, project_id: run.project_id, environment_id: run.environment_id }
})
afterAll(() => api.close())

const namesOf = (path: string) => [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => String(name))
const urlOf = (path: string) =>
  path.replace(/[:*](\w+)/g, (_match, name: string) => String(ids[name] ?? (name === 'path' ? 'x.json' : 999_999)))

test('every operation names a permission, unless it is about the token itself', () => {
  expect(operations.filter(({ permission }) => permission === null).map(({ operationId }) => operationId)).toEqual(
    expect.arrayContaining(['List Accounts', 'Retrieve Account', 'Retrieve Caller', 'List Users', 'Retrieve Server']),
  )
  const writing = operations.filter(({ method, permission }) => method !== 'get' && permission === null)
  expect(writing.map(({ operationId }) => operationId)).toEqual([])
})

test('every permission is needed somewhere', () => {
  const needed = new Set(operations.flatMap(({ permission, fieldPermission }) => [permission, fieldPermission]))
  expect(permissions.filter((permission) => !needed.has(permission))).toEqual([])
})

test.each(permissionSets)('%s is refused exactly what it does not hold', async (permission_set) => {
  const grants = [{ permission_set, project_ids: null }]
  const caller = api.as(await api.createToken(grants))
  for (const { operationId, method, path, permission } of operations) {
    if (permission === null || isAllowed(grants, permission)) continue
    const { status } = await caller[method](urlOf(path))
    // What a path names and is not there is a 404 for everybody.
    const isThere = namesOf(path).every((name) => name in ids || name === 'path')
    expect([operationId, status === 403 || (!isThere && status === 404)]).toEqual([operationId, true])
  }
})

test('what a set holds is not refused', async () => {
  // Simulation is for `stratus dev` alone, whatever the token.
  const harmless = operations.filter(({ method, path }) => method === 'get' && !path.includes('/simulation/'))
  for (const permission_set of ['account_admin', 'account_viewer', 'job_admin', 'job_viewer', 'readonly'] as const) {
    const grants = [{ permission_set, project_ids: null }]
    const caller = api.as(await api.createToken(grants))
    for (const { operationId, path, permission } of harmless) {
      if (permission !== null && !isAllowed(grants, permission)) continue
      const { status } = await caller.get(urlOf(path))
      expect([operationId, [200, 404].includes(status)]).toEqual([operationId, true])
    }
  }
})
