import { startPostgres } from './postgres-server.mjs'

/** One PostgreSQL server for the whole test run; each test file makes a database of its own on it. */
export default async function globalSetup() {
  if (process.env.STRATUS_TEST_DATABASE_URL) return
  const server = await startPostgres()
  globalThis.stratusTestPostgres = server
  process.env.STRATUS_TEST_DATABASE_URL = server.url
}
