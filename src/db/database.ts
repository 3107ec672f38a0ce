import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'
import { boundingQueries, type ClientPool } from './connections/bounded-queries.ts'
import { askServer, Reachability } from './connections/reachability.ts'
import { watchingConnections } from './connections/watched-connections.ts'
import type { EmbeddedOptions } from './embedded/open-embedded.ts'
import { withPreparedStatements } from './prepared-statements.ts'
import type { Schema } from './schema/schema.ts'

export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>

export type DatabaseConfig =
  | ({ readonly kind: 'embedded' } & EmbeddedOptions)
  | {
      readonly kind: 'postgres'
      readonly url: string
      readonly poolSize: number
      /** Says how long a connection, and then an answer, is waited for; 10 and 30 seconds. */
      readonly patienceMs?: { readonly connection: number; readonly answer: number }
    }

export interface Database {
  readonly kind: 'embedded' | 'postgres'
  readonly db: Db
  readonly pool: pg.Pool
  /** The connection string of a PostgreSQL server; an embedded database has none and needs no LISTEN. */
  readonly url: string | undefined
  /** It is aborted, with the reason, when an embedded database cannot go on: the process must end. */
  readonly broken: AbortSignal
  /** An embedded database is always there. */
  readonly reachability: Reachability
  close(): Promise<void>
}

/**
 * Opens the database; nothing is migrated.
 *
 * NOTE: the embedded one has a single connection: a query on `db` inside a transaction waits for ever. Pass `tx` on.
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  registerTypeParsers()
  if (config.kind === 'postgres') return openPostgres(config)
  const { openEmbedded } = await import('./embedded/open-embedded.ts')
  const embedded = await openEmbedded(config)
  const db = kyselyOver(embedded.pool)
  return {
    kind: 'embedded',
    db,
    pool: embedded.pool,
    url: undefined,
    broken: embedded.broken,
    reachability: new Reachability(async () => {}),
    async close() {
      await embedded.pool.end()
      await embedded.close()
    },
  }
}

/** A transaction whose process froze, or lost its network, must not hold its locks for hours. */
const limitIdleTransactions = "set idle_in_transaction_session_timeout = '20s'"

/** No statement that waits for a lock takes so long. */
const usualPatienceMs = { connection: 10_000, answer: 30_000 }

function openPostgres({
  url,
  poolSize,
  patienceMs = usualPatienceMs,
}: Extract<DatabaseConfig, { kind: 'postgres' }>): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: patienceMs.connection,
    // A new connection has plans to make again, which a run would wait for.
    idleTimeoutMillis: 180_000,
    application_name: 'stratus',
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    onConnect: (client) => client.query(limitIdleTransactions),
  })
  // A connection that breaks must not end the process: its queries hear of it, and the next one opens a new connection.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const reachability = new Reachability(() => askServer(url))
  const bounded = boundingQueries(pool, patienceMs.answer)
  return {
    kind: 'postgres',
    db: kyselyOver(watchingConnections(bounded, (error) => reachability.suspect(error))),
    pool,
    url,
    broken: new AbortController().signal,
    reachability,
    async close() {
      reachability[Symbol.dispose]()
      await pool.end()
    },
  }
}

function kyselyOver(pool: ClientPool): Db {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: withPreparedStatements(pool) }) })
}

/** `pg` gives bigint as text; our ids and counts are numbers on the wire and below 2^53. */
function registerTypeParsers(): void {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number)
}
