import path from 'node:path'
import { openDatabase } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrate/migrate.ts'
import { readMigrations } from '../../src/db/migrate/read-migrations.ts'
import { authenticateToken } from '../../src/tokens/authenticate-token.ts'
import { createToken } from '../../src/tokens/create-token.ts'
import { revokeToken } from '../../src/tokens/revoke-token.ts'
import { updateToken } from '../../src/tokens/update-token.ts'
import { createEmptyDatabase } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'

const grants = [{ permission_set: 'job_admin', project_ids: null }] as const

async function twoServers() {
  const { url, drop } = await createEmptyDatabase()
  const [here, there] = await Promise.all([
    openDatabase({ kind: 'postgres', url, poolSize: 3 }),
    openDatabase({ kind: 'postgres', url, poolSize: 3 }),
  ])
  await migrate(here, await readMigrations(path.resolve(import.meta.dirname, '../../src/db')))
  await here.db.insertInto('accounts').values({ id: 1, name: 'Local' }).execute()
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await Promise.all([here.close(), there.close()])
      await drop()
    },
  }
}

test('a token that one server revokes stops at the other within two seconds', async () => {
  await using servers = await twoServers()
  const { here, there } = servers
  const { row, token } = await createToken(here, { accountId: 1, name: 'CI', grants })
  expect(await authenticateToken(there, token)).toBeDefined()
  await revokeToken(here, { accountId: 1, tokenId: row.id })
  const revokedAt = performance.now()
  expect(await authenticateToken(here, token)).toBeUndefined()
  await eventually('the token stops there', async () => (await authenticateToken(there, token)) === undefined)
  expect(performance.now() - revokedAt).toBeLessThan(2_000)
})

test('permissions that one server takes away count at the other within two seconds', async () => {
  await using servers = await twoServers()
  const { here, there } = servers
  const { row, token } = await createToken(here, { accountId: 1, name: 'CI', grants })
  expect((await authenticateToken(there, token))?.grants).toEqual(grants)
  await updateToken(here, { accountId: 1, tokenId: row.id, grants: [] })
  const changedAt = performance.now()
  expect((await authenticateToken(here, token))?.grants).toEqual([])
  await eventually('they count there', async () => (await authenticateToken(there, token))?.grants.length === 0)
  expect(performance.now() - changedAt).toBeLessThan(2_000)
})

test('a token that expires stops at once, however often it was seen', async () => {
  await using servers = await twoServers()
  const expiresAt = new Date(Date.now() + 500)
  const { token } = await createToken(servers.here, { accountId: 1, name: 'CI', grants, expiresAt })
  expect(await authenticateToken(servers.there, token)).toBeDefined()
  await eventually('it stops', async () => (await authenticateToken(servers.there, token)) === undefined)
  expect(Date.now() - expiresAt.getTime()).toBeLessThan(300)
})
