import { sql } from 'kysely'
import type { Database } from '../../src/db/database.ts'
import { rotateSecrets } from '../../src/secrets/rotate-secrets.ts'
import { createSecretBox, type SecretBox } from '../../src/secrets/secret-box.ts'
import { placeInEnvironment, placeInVariable } from '../../src/secrets/secret-place.ts'
import { createTestDatabase, databaseKinds } from '../support/database/test-database.ts'
import { createJob } from '../support/rows.ts'
import { testKey } from '../support/test-key.ts'

const old = createSecretBox([testKey('old')])
const both = createSecretBox([testKey('new'), testKey('old')])
const only = createSecretBox([testKey('new')])
const variables = 450

describe.each(databaseKinds)('rotating on %s', (kind) => {
  let database: Database
  beforeEach(async () => {
    database = await createTestDatabase(kind)
    await createJob(database.db)
    await giveEnvironment(old.encrypt('hush', placeInEnvironment({ id: 1, project_id: 1 })))
    const names = Array.from({ length: variables }, (_none, at) => `DBT_ENV_SECRET_${at}`)
    const values = names.map((name) => ({
      ...{ account_id: 1, project_id: 1, name },
      ciphertext: old.encrypt(name, placeInVariable(owned(name))),
    }))
    await database.db.insertInto('environment_variables').values(values).execute()
    await sql`insert into secret_keys (key_id, machine) values (${old.keyIds[0]}, 'a'), (${only.keyIds[0]}, 'b')`.execute(
      database.db,
    )
  })
  afterEach(() => database.close())

  const owned = (name: string) => ({ project_id: 1, environment_id: null, job_id: null, name })
  const giveEnvironment = (secret: string) =>
    sql`update environments set connection_secrets = ${secret}`.execute(database.db)
  const keys = async () =>
    (await database.db.selectFrom('secret_keys').select('key_id').execute()).map(({ key_id }) => key_id)
  const readAll = async (box: SecretBox) => {
    const rows = await database.db.selectFrom('environment_variables').select(['name', 'ciphertext']).execute()
    return rows.every(({ name, ciphertext }) => box.decrypt(ciphertext ?? '', placeInVariable(owned(name))) === name)
  }

  test('stopped half way, readable by both keys all the while, then run again to its end', async () => {
    let left = 300
    const stopped: SecretBox = {
      ...both,
      encrypt(text, place) {
        if (left-- === 0) throw new Error('killed')
        return both.encrypt(text, place)
      },
    }
    await expect(rotateSecrets(database.db, stopped)).rejects.toThrow('killed')
    expect(await readAll(both)).toBe(true)
    expect(await keys()).toHaveLength(2)
    expect(await rotateSecrets(database.db, both)).toEqual({
      encrypted: variables + 1 - 300,
      unreadable: [],
      complete: true,
    })
    expect(await readAll(only)).toBe(true)
    expect(await keys()).toEqual(only.keyIds)
    expect(await rotateSecrets(database.db, both)).toEqual({ encrypted: 0, unreadable: [], complete: true })
  })

  test('what cannot be read is named, and keeps the older key', async () => {
    await giveEnvironment(old.encrypt('hush', placeInEnvironment({ id: 99, project_id: 1 })))
    const { encrypted, unreadable, complete } = await rotateSecrets(database.db, both)
    expect({ encrypted, complete }).toEqual({ encrypted: variables, complete: false })
    expect(unreadable).toEqual([expect.stringContaining('environments.connection_secrets (1, 1) is damaged')])
    expect(await keys()).toHaveLength(2)
  })
})
