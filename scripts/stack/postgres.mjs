import pg from 'pg'
import { startPostgres } from '../../test/support/database/postgres-server.mjs'

/** A PostgreSQL as the official image makes it from POSTGRES_USER, POSTGRES_DB and POSTGRES_PASSWORD. */
export async function startDatabase({ POSTGRES_USER: user, POSTGRES_DB: database, POSTGRES_PASSWORD: password }) {
  const server = await startPostgres()
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  try {
    await owner.query(
      `create role ${owner.escapeIdentifier(user)} superuser login password ${pg.escapeLiteral(password)}`,
    )
    await owner.query(`create database ${owner.escapeIdentifier(database)} owner ${owner.escapeIdentifier(user)}`)
    // From here on a password is asked for, as in the image.
    const { rows } = await owner.query("select current_setting('hba_file') as file")
    await owner.query(`copy (select 'host all all 127.0.0.1/32 scram-sha-256') to ${pg.escapeLiteral(rows[0].file)}`)
    await owner.query('select pg_reload_conf()')
  } finally {
    await owner.end()
  }
  const { port } = new URL(server.url)
  // After a signal nobody waits any more, but it must not stay behind.
  process.once('exit', () => void server.stop())
  return { port: Number(port), stop: () => server.stop(), connect: () => connect({ port, user, database, password }) }
}

async function connect({ port, user, database, password }) {
  const client = new pg.Client({ host: '127.0.0.1', port: Number(port), user, database, password })
  await client.connect()
  return client
}
