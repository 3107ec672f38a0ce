import type pg from 'pg'
import { checksum } from '../db/migrate/ledger.ts'
import type { Migrations } from '../db/migrate/migration.ts'
import { SetupError } from '../domain/errors.ts'
import type { BackupHeader } from './header.ts'
import { countRows, quoted, type Table } from './tables.ts'

/** Throws a SetupError when this program cannot make the schema that the backup has. */
export function assertSchema({ migrations, stratus }: BackupHeader, { numbered }: Migrations): void {
  for (const one of migrations) {
    const known = numbered.find(({ version }) => version === one.version)
    if (known !== undefined && checksum(known) === one.checksum) continue
    throw new SetupError(
      `The backup was made by Stratus ${stratus} with migration ${one.name}, which this Stratus does not know` +
        `${known === undefined ? '' : ' in that form'}. Restore it with that Stratus, or a newer one.`,
    )
  }
}

/** Throws a SetupError when these keys could not read the secrets of the backup, or no process of the database would take them. */
export function assertKeys({ keys: { known, stored } }: BackupHeader, keyIds: readonly string[]): void {
  const missing = stored.filter((id) => !keyIds.includes(id))
  const isStranger = known.length > 0 && !known.some((id) => keyIds.includes(id))
  if (missing.length === 0 && !isStranger) return
  const named = (missing.length > 0 ? missing : known).join(', ')
  const given = keyIds.length === 0 ? 'no key was given' : `the key given here has the fingerprint ${keyIds.join(', ')}`
  throw new SetupError(
    `The secrets in the backup need the key with the fingerprint ${named}; ${given}. Set STRATUS_SECRET_KEY as it was ` +
      'when the backup was made, or copy the file secret.key of that server into the data folder here.',
  )
}

export async function assertEmpty(client: pg.PoolClient, tables: readonly Table[]): Promise<void> {
  for (const table of tables) {
    const { rowCount } = await client.query(`select 1 from ${quoted(table.name)} limit 1`)
    if (rowCount === 0) continue
    throw new SetupError(
      `The database is not empty: ${table.name} has rows. Restore into an empty one, before any server is started on it.`,
    )
  }
}

/** Throws when the database holds other numbers of rows than the backup says. */
export async function assertCounts(
  client: pg.PoolClient,
  tables: readonly Table[],
  header: BackupHeader,
): Promise<void> {
  for (const table of tables) {
    const [found, expected] = [await countRows(client, table), header.rows[table.name] ?? 0]
    if (found !== expected) throw new Error(`${table.name} got ${found} rows from a backup of ${expected}.`)
  }
}
