import path from 'node:path'
import pg from 'pg'
import { importTypescript } from '../scripts/lib/import-typescript.mjs'
import { root } from '../scripts/lib/paths.mjs'
import { startPostgres } from '../test/support/database/postgres-server.mjs'

/** Lets `work` have a PostgreSQL of its own with ten thousand jobs, and with what `fill` adds to them over its own client. */
export async function withManyJobs({ poolSize, fill }, work) {
  const server = await startPostgres()
  const { openDatabase } = await importTypescript('src/db/database.ts')
  const database = await openDatabase({ kind: 'postgres', url: server.url, poolSize })
  try {
    await makeSchema(database)
    const client = new pg.Client({ connectionString: server.url })
    await client.connect()
    await makeJobs(client)
    await fill(client)
    await client.query('vacuum analyze')
    await client.end()
    return await work(database)
  } finally {
    await database.close()
    await server.stop()
  }
}

async function makeSchema(database) {
  const { migrate } = await importTypescript('src/db/migrate/migrate.ts')
  const { readMigrations } = await importTypescript('src/db/migrate/read-migrations.ts')
  await migrate(database, await readMigrations(path.join(root, 'src/db')))
}

async function makeJobs(client) {
  await client.query(`
    insert into accounts (id, name) values (1, 'Bench');
    insert into projects (id, account_id, name, path) select n, 1, 'Project ' || n, '/nowhere' from generate_series(1, 20) n;
    insert into environments (id, account_id, project_id, name) select n, 1, 1 + n % 20, 'Production' from generate_series(1, 40) n;
    insert into jobs (id, account_id, project_id, environment_id, name, execute_steps)
      select n, 1, 1 + n % 20, 1 + n % 40, 'Job ' || n, array['dbt build'] from generate_series(1, 10000) n`)
}

/** The queries with parameters that are asked from now on, without those that explain. */
export function listenToQueries() {
  const asked = []
  const { query } = pg.Client.prototype
  pg.Client.prototype.query = function (text, values, ...rest) {
    const statement = typeof text === 'object' ? text.text : text
    const given = typeof text === 'object' ? text.values : values
    if (typeof statement === 'string' && Array.isArray(given) && !statement.startsWith('explain'))
      asked.push({ text: statement, values: given })
    return query.call(this, text, values, ...rest)
  }
  return asked
}
