import { createHash } from 'node:crypto'
import { type PostgresPool, type PostgresPoolClient, sql } from 'kysely'
import type pg from 'pg'
import type { ClientPool } from './connections/bounded-queries.ts'

const mark = '/* prepared */'

/**
 * Begins a statement that each connection prepares once. It is for large statements that are sent for every
 * run, and whose plan is the same whatever the values: planning those takes longer than running them.
 */
export const prepared = sql.raw(mark)

/** The pool as Kysely uses it; statements that are marked go out under a name. */
export function withPreparedStatements(pool: ClientPool): PostgresPool {
  return {
    connect: async () => withNames(await pool.connect()),
    end: () => pool.end(),
  }
}

function withNames(client: pg.PoolClient): PostgresPoolClient {
  return Object.create(client, {
    query: {
      value: (text: string, values: unknown[]) =>
        text.startsWith(mark) ? client.query({ name: nameOf(text), text, values }) : client.query(text, values),
    },
  })
}

const names = new Map<string, string>()

function nameOf(text: string): string {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  names.set(text, name)
  return name
}
