import { atEachPath } from '../../src/api/http/operation.ts'
import { operations as served } from '../../src/api/operations.ts'
import { isAllowed, permissionSets, permissions } from '../../src/domain/permissions.ts'
import { groupBy } from '../../src/util/objects/group-by.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'
import { neededPermissions } from './needed-permissions.ts'

const operations = atEachPath(served)

let api: TestApi
let ids: Record<string, number>
beforeAll(async () => {
  api = await createTestApi()
  const job_id = await createJob(api.ctx.db)
  const run = (await api.post(`/api/v2/accounts/1/jobs/${job_id}/run/`).expect(200)).body.data
  const step = { run_id: run.id, index: 1, name: 'Invoke dbt', kind: 'command' } as const
  const { id: step_id } = await api.ctx.db
    .insertInto('run_steps')
    .values(step)
    .returning('id')
    .executeTakeFirstOrThrow()
  ids = {
    account_id: 1,
    job_id,
    run_id: run.id,
    step_id,
    project_id: run.project_id,
    environment_id: run.environment_id,
  }
})
afterAll(() => api.close())

const routeOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
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

test('every operation needs what is written down for it', () => {
  const needed = [...groupBy(operations, ({ permission }) => permission ?? 'none')]
  const written = Object.entries(neededPermissions).filter(([, those]) => those.length > 0)
  expect(Object.fromEntries(needed.map(([permission, those]) => [permission, those.map(routeOf).sort()]))).toEqual(
    Object.fromEntries(written.map(([permission, those]) => [permission, [...those].sort()])),
  )
})

test.each(permissionSets)('%s is refused exactly what it does not hold', async (permission_set) => {
  const grants = [{ permission_set, project_ids: null }]
  const caller = api.as(await api.createToken(grants))
  const notHeld = permissions.filter((permission) => !isAllowed(grants, permission))
  const refused = new Set(notHeld.flatMap((permission) => neededPermissions[permission]))
  for (const operation of operations.filter((each) => refused.has(routeOf(each)))) {
    const { status } = await caller[operation.method](urlOf(operation.path))
    expect([routeOf(operation), status]).toEqual([routeOf(operation), 403])
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
      // A search that looks for nothing is refused for that.
      const { status } = await caller.get(path.endsWith('/search/') ? `${urlOf(path)}?q=a` : urlOf(path))
      expect([operationId, [200, 404].includes(status)]).toEqual([operationId, true])
    }
  }
})
