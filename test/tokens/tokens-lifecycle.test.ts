import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { authenticateToken, forgetToken } from '../../src/tokens/authenticate-token.ts'
import { createToken, ensureToken } from '../../src/tokens/create-token.ts'
import { listTokens } from '../../src/tokens/list-tokens.ts'
import { revokeToken } from '../../src/tokens/revoke-token.ts'
import { createTestDatabase, databaseKinds } from '../support/database/test-database.ts'
import { eventually } from '../support/eventually.ts'

const admin = [{ permission_set: 'account_admin', project_ids: null }] as const

describe.each(databaseKinds)('on %s', (kind) => {
  let database: Database
  beforeAll(async () => {
    database = await createTestDatabase(kind)
  })
  afterAll(() => database.close())

  const make = (options: { name?: string; expiresAt?: Date } = {}) =>
    createToken(database, { accountId: 1, name: 'CI', grants: admin, ...options })

  test('a token is known by its text, of which only a hash is stored', async () => {
    const { row, token } = await make()
    expect(token).toMatch(/^stp_[\w-]{43}$/)
    expect(row.hash).toEqual(createHash('sha256').update(token).digest())
    expect(row.grants).toEqual(admin)
    const { rows } = await sql`select tokens::text as text from tokens`.execute(database.db)
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(await authenticateToken(database, token)).toMatchObject({ id: row.id, account_id: 1, name: 'CI' })
    expect(await authenticateToken(database, `${token}x`)).toBeUndefined()
    expect(await authenticateToken(database, '')).toBeUndefined()
  })

  test('a revoked token stops at once here, is not listed, and is gone for other accounts', async () => {
    const { row, token } = await make()
    expect(await authenticateToken(database, token)).toBeDefined()
    await expect(revokeToken(database, { accountId: 2, tokenId: row.id })).rejects.toMatchObject({
      name: 'NotFoundError',
    })
    const revoked = await revokeToken(database, { accountId: 1, tokenId: row.id })
    expect(await authenticateToken(database, token)).toBeUndefined()
    expect((await listTokens(database, { accountId: 1 })).map(({ id }) => id)).not.toContain(row.id)
    expect((await revokeToken(database, { accountId: 1, tokenId: row.id })).revoked_at).toEqual(revoked.revoked_at)
  })

  test('a token that another server revoked stops within two seconds', async () => {
    const { row, token } = await make()
    expect(await authenticateToken(database, token)).toBeDefined()
    await database.db.updateTable('tokens').set({ revoked_at: new Date() }).where('id', '=', row.id).execute()
    const revokedAt = performance.now()
    expect(await authenticateToken(database, token)).toBeDefined()
    await eventually('the token stops', async () => (await authenticateToken(database, token)) === undefined)
    expect(performance.now() - revokedAt).toBeLessThan(2_000)
  })

  test('an expired token is refused', async () => {
    const { token } = await make({ expiresAt: new Date(Date.now() - 1000) })
    expect(await authenticateToken(database, token)).toBeUndefined()
    const { token: later } = await make({ expiresAt: new Date(Date.now() + 60_000) })
    expect(await authenticateToken(database, later)).toBeDefined()
  })

  test('the last use is recorded, and not again within a minute', async () => {
    const { row, token } = await make()
    const lastUse = async () =>
      (await database.db.selectFrom('tokens').select('last_used_at').where('id', '=', row.id).executeTakeFirstOrThrow())
        .last_used_at
    await authenticateToken(database, token)
    await eventually('the use is recorded', async () => (await lastUse()) !== null)
    const first = await lastUse()
    forgetToken(database.db, row)
    await authenticateToken(database, token)
    await expect(
      eventually('a second record', async () => (await lastUse())?.getTime() !== first?.getTime(), 200),
    ).rejects.toThrow()
    await database.db
      .updateTable('tokens')
      .set({ last_used_at: new Date(Date.now() - 61_000) })
      .where('id', '=', row.id)
      .execute()
    forgetToken(database.db, row)
    await authenticateToken(database, token)
    await eventually('a later use is recorded', async () => Date.now() - ((await lastUse())?.getTime() ?? 0) < 10_000)
  })

  test('a configured token is stored once and stays revoked', async () => {
    const configured = { accountId: 1, name: 'Configured', grants: admin, token: 'a configured token of some length' }
    await ensureToken(database, configured)
    await ensureToken(database, configured)
    const row = await authenticateToken(database, configured.token)
    expect(row).toMatchObject({ name: 'Configured' })
    expect((await listTokens(database, { accountId: 1 })).filter(({ name }) => name === 'Configured')).toHaveLength(1)
    await revokeToken(database, { accountId: 1, tokenId: row?.id ?? 0 })
    await ensureToken(database, configured)
    expect(await authenticateToken(database, configured.token)).toBeUndefined()
  })

  test('a grant for a project that the account does not have is refused', async () => {
    const grants = [{ permission_set: 'job_runner', project_ids: [404] }] as const
    await expect(createToken(database, { accountId: 1, name: 'CI', grants })).rejects.toThrow(/no project 404/)
  })
})
