import type pg from 'pg'
import { isTransientError } from '../pg-errors.ts'
import type { ClientPool } from './bounded-queries.ts'

/**
 * The pool, whose failures `onFailure` hears. A connection that failed as the way to the database does is not used again:
 * behind the same name may be another server by now.
 */
export function watchingConnections(pool: ClientPool, onFailure: (error: unknown) => void): ClientPool {
  return {
    async connect() {
      try {
        return watched(await pool.connect(), onFailure)
      } catch (error) {
        onFailure(error)
        throw error
      }
    },
    end: () => pool.end(),
  }
}

function watched(client: pg.PoolClient, onFailure: (error: unknown) => void): pg.PoolClient {
  let isBroken = false
  return Object.create(client, {
    query: {
      async value(query: string | pg.QueryConfig, values?: unknown[]) {
        try {
          return await client.query(query, values)
        } catch (error) {
          isBroken ||= isTransientError(error)
          onFailure(error)
          throw error
        }
      },
    },
    release: { value: () => client.release(isBroken) },
  })
}
