import type pg from 'pg'

/** The part of a pool that queries go through. */
export interface ClientPool {
  connect(): Promise<pg.PoolClient>
  end(): Promise<void>
}

/**
 * The pool, whose connections are given up when they do not answer a query within `limitMs`: the query then fails as one
 * whose connection was cut. Without it, a server that vanished without a word is waited for until TCP gives up, for a
 * quarter of an hour.
 */
export function boundingQueries(pool: ClientPool, limitMs: number): ClientPool {
  return {
    connect: async () => bounded(await pool.connect(), limitMs),
    end: () => pool.end(),
  }
}

function bounded(client: pg.PoolClient, limitMs: number): pg.PoolClient {
  return Object.create(client, {
    query: {
      async value(query: string | pg.QueryConfig, values?: unknown[]) {
        // `end` cuts a connection that still owes an answer, and the pool takes it no more.
        const timer = setTimeout(() => void client.end().catch(() => {}), limitMs)
        try {
          return await client.query(query, values)
        } finally {
          clearTimeout(timer)
        }
      },
    },
  })
}
