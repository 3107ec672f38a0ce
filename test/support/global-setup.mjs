import { startPostgres } from './database/postgres-server.mjs'
import { writeOpenapiJson } from './openapi/openapi-json.mjs'

/**
 * The files of tests share one PostgreSQL server, on which each makes a database of its own, and `openapi/`
 * in a form that is read quickly.
 */
export default async function globalSetup() {
  globalThis.stratusTestOpenapi = writeOpenapiJson()
  process.env.STRATUS_TEST_OPENAPI = globalThis.stratusTestOpenapi.folder
  if (process.env.STRATUS_TEST_DATABASE_URL) return
  const server = await startPostgres()
  globalThis.stratusTestPostgres = server
  process.env.STRATUS_TEST_DATABASE_URL = server.url
}
