import { createHash } from 'node:crypto'
import type pg from 'pg'
import { isUndefinedTable } from '../pg-errors.ts'
import type { Migration, Repeatable } from './migration.ts'

/** Lists what was applied to a database, in that order. */
export interface Ledger {
  readonly numbered: readonly (Entry & { readonly version: number })[]
  /** Every text that there ever was: the last one of a name is what the database has. */
  readonly repeatable: readonly Entry[]
}

interface Entry {
  readonly name: string
  readonly checksum: string
}

export async function createLedger(client: pg.PoolClient): Promise<void> {
  await client.query(`
    create table if not exists schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
    create table if not exists schema_repeatables (
      id integer generated always as identity primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now(), unique (name, checksum))`)
}

type Row = Entry & { readonly version: number | null }

/** An empty one for a database that has none. `ask` runs a query. */
export async function readLedger(ask: (query: string) => Promise<{ readonly rows: Row[] }>): Promise<Ledger> {
  const rows = await rowsOrNone(() =>
    ask(`select version, name, checksum from (
      select version, name, checksum, version as place from schema_migrations
      union all select null, name, checksum, id from schema_repeatables) as ledger order by place`),
  )
  return {
    numbered: rows.flatMap(({ version, ...entry }) => (version === null ? [] : [{ version, ...entry }])),
    repeatable: rows.flatMap(({ version, ...entry }) => (version === null ? [entry] : [])),
  }
}

async function rowsOrNone(ask: () => Promise<{ readonly rows: Row[] }>): Promise<Row[]> {
  try {
    return (await ask()).rows
  } catch (error) {
    if (isUndefinedTable(error)) return []
    throw error
  }
}

export async function addToLedger(client: pg.PoolClient, applied: Migration | Repeatable): Promise<void> {
  const { name } = applied
  if ('version' in applied) {
    const insert = 'insert into schema_migrations (version, name, checksum) values ($1, $2, $3)'
    await client.query(insert, [applied.version, name, checksum(applied)])
  } else {
    await client.query('insert into schema_repeatables (name, checksum) values ($1, $2)', [name, checksum(applied)])
  }
}

export function checksum({ sql }: { readonly sql: string }): string {
  return createHash('sha256').update(sql).digest('hex')
}
