import type pg from 'pg'

export interface Table {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** The columns of its primary key, in SQL. */
  readonly key: readonly string[]
}

/** Sign-ins end with a move, and nobody gets back one that was ended; the ledgers are the schema's. */
const leftOut = ['sessions', 'sign_in_codes', 'schema_migrations', 'schema_repeatables']

/** Finds every table whose rows are kept, each behind those that it refers to. */
export async function findTables(client: pg.PoolClient): Promise<Table[]> {
  const { rows: tables } = await client.query<Table>(tablesQuery, [leftOut])
  const { rows: references } = await client.query<{ from: string; to: string }>(referencesQuery)
  const ordered: Table[] = []
  for (let left = tables; left.length > 0; ) {
    const waits = ({ name }: Table) =>
      references.some(({ from, to }) => from === name && left.some((table) => table.name === to))
    const next = left.filter((table) => !waits(table))
    if (next.length === 0) throw new Error(`Tables refer to one another: ${left.map(({ name }) => name).join(', ')}`)
    ordered.push(...next)
    left = left.filter((table) => !next.includes(table))
  }
  return ordered
}

const tablesQuery = `
  select tables.relname::text as name,
    json_agg(json_build_object('name', columns.attname, 'type', format_type(columns.atttypid, columns.atttypmod))
      order by columns.attnum) as columns,
    coalesce((
      select json_agg(quote_ident(parts.attname) order by array_position(keys.indkey::int2[], parts.attnum))
      from pg_index as keys
      join pg_attribute as parts on parts.attrelid = keys.indrelid and parts.attnum = any (keys.indkey)
      where keys.indrelid = tables.oid and keys.indisprimary), '[]') as key
  from pg_class as tables
  join pg_namespace as schemas on schemas.oid = tables.relnamespace and schemas.nspname = current_schema()
  join pg_attribute as columns on columns.attrelid = tables.oid and columns.attnum > 0
    and not columns.attisdropped and columns.attgenerated = ''
  where tables.relkind in ('r', 'p') and not tables.relispartition and tables.relname <> all ($1::text[])
  group by tables.oid, tables.relname
  order by tables.relname`

/** A table's own rows refer to older ones of it. */
const referencesQuery = `
  select owners.relname::text as from, targets.relname::text as to
  from pg_constraint
  join pg_class as owners on owners.oid = pg_constraint.conrelid
  join pg_class as targets on targets.oid = pg_constraint.confrelid
  where pg_constraint.contype = 'f' and owners.oid <> targets.oid`

export async function countRows(client: pg.PoolClient, { name }: Pick<Table, 'name'>): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*) as count from ${quoted(name)}`)
  return rows[0]?.count ?? 0
}

/** Gives the last number of each sequence that was used. */
export async function readSequences(client: pg.PoolClient): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; last: string }>(
    `select sequencename::text as name, last_value::text as last from pg_sequences
     where schemaname = current_schema() and last_value is not null and sequencename !~ '^schema_'`,
  )
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
