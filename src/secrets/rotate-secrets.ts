import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { SetupError } from '../domain/errors.ts'
import { keysOfStoredSecrets } from './agree-on-keys.ts'
import type { SecretBox } from './secret-box.ts'
import {
  placeInConnection,
  placeInCredentials,
  placeInEnvironment,
  placeInVariable,
  type SecretPlace,
} from './secret-place.ts'

interface StoredSecret {
  readonly id: number
  readonly project_id: number
  readonly environment_id: number | null
  readonly job_id: number | null
  readonly name: string
  readonly ciphertext: string
}

interface SecretColumn {
  readonly table: 'connections' | 'credentials' | 'environments' | 'environment_variables'
  readonly column: string
  readonly place: (row: StoredSecret) => SecretPlace
}

const secretColumns: readonly SecretColumn[] = [
  { table: 'connections', column: 'secrets', place: placeInConnection },
  { table: 'credentials', column: 'secrets', place: placeInCredentials },
  { table: 'environments', column: 'connection_secrets', place: placeInEnvironment },
  { table: 'environment_variables', column: 'ciphertext', place: placeInVariable },
]

const batchRows = 200

export interface Rotation {
  readonly encrypted: number
  /** No key of this process reads these; each is a sentence. */
  readonly unreadable: readonly string[]
  /** No stored secret that is in use needs another key than the first one, and no process that lacks it may start. */
  readonly complete: boolean
}

/**
 * Encrypts every stored secret with the first key, while servers that have both keys go on. Each row is changed on its
 * own, and only if nobody gave it another secret meanwhile, so that it may be stopped at any moment and run again.
 */
export async function rotateSecrets(db: Db, box: SecretBox): Promise<Rotation> {
  const [newest] = box.keyIds
  if (newest === undefined) throw new SetupError('There is no key to encrypt secrets with. Set STRATUS_SECRET_KEY.')
  let encrypted = 0
  const unreadable: string[] = []
  for (const each of secretColumns) {
    for (let after = 0; ; ) {
      const rows = await findOlder(db, each, { newest, after })
      for (const row of rows) {
        const text = read(box, row, each)
        if (typeof text === 'string') encrypted += await replace(db, each, row, box.encrypt(text, each.place(row)))
        else unreadable.push(text.message)
      }
      after = rows.at(-1)?.id ?? after
      if (rows.length < batchRows) break
    }
  }
  return { encrypted, unreadable, complete: await forgetOthers(db, newest) }
}

function read(box: SecretBox, row: StoredSecret, { place }: SecretColumn): string | SetupError {
  try {
    return box.decrypt(row.ciphertext, place(row))
  } catch (error) {
    if (error instanceof SetupError) return error
    throw error
  }
}

async function findOlder(
  db: Db,
  { table, column }: SecretColumn,
  { newest, after }: { readonly newest: string; readonly after: number },
): Promise<StoredSecret[]> {
  const owner = table === 'environment_variables' ? sql`, environment_id, job_id, name` : sql``
  const { rows } = await sql<StoredSecret>`
    select id, project_id, ${sql.ref(column)} as ciphertext ${owner} from ${sql.table(table)}
    where id > ${after} and ${sql.ref(column)} is not null and split_part(${sql.ref(column)}, '.', 2) <> ${newest}
    order by id limit ${batchRows}`.execute(db)
  return rows
}

/** Answers how many rows it changed: none when another secret was given meanwhile. */
async function replace(
  db: Db,
  { table, column }: SecretColumn,
  { id, ciphertext }: StoredSecret,
  next: string,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update ${sql.table(table)} set ${sql.ref(column)} = ${next}
    where id = ${id} and ${sql.ref(column)} = ${ciphertext}`.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** From then on a process with older keys alone is refused at its start. */
async function forgetOthers(db: Db, newest: string): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`lock table secret_keys in share row exclusive mode`.execute(tx)
    const { rows: stored } = await keysOfStoredSecrets.execute(tx)
    if (stored.some(({ key_id }) => key_id !== newest)) return false
    await tx.deleteFrom('secret_keys').where('key_id', '<>', newest).execute()
    return true
  })
}
