import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type PostgresServer, startPostgres } from '../support/database/postgres-server.mjs'
import { eventually } from '../support/eventually.ts'
import { spawnStratus } from '../support/stratus-process.ts'

describe('a start without a database', () => {
  let postgres: PostgresServer
  let folder: string
  beforeEach(async () => {
    postgres = await startPostgres()
    await postgres.halt()
    folder = await mkdtemp(path.join(tmpdir(), 'stratus-start-'))
  })
  afterEach(async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = (args: readonly string[]) => {
    const env = { DATABASE_URL: postgres.url, STRATUS_DATA_DIR: folder, STRATUS_PORT: '0' }
    const { child, output } = spawnStratus(args, { env })
    const lines = (message: string) =>
      output()
        .split('\n')
        .filter((line) => line.includes(message))
    return { child, output, lines }
  }

  test('waits for it, and says so with one line; it is there: one more, and the server is ready', async () => {
    const { child, lines } = start(['serve', '--migrate', '--no-worker'])
    try {
      await eventually('it is missed', () => lines('the database does not answer').length > 0)
      await postgres.start()
      await eventually('the server is ready', () => lines('server ready').length > 0)
      await eventually('the store is named', () => lines('store of artifacts ready').length > 0)
      expect([lines('does not answer'), lines('answers again'), lines('"level":')].map(({ length }) => length)).toEqual(
        [1, 1, 4],
      )
    } finally {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
    expect(child.exitCode).toBe(0)
  })

  test('can be ended while it waits', async () => {
    const { child, lines } = start(['work'])
    await eventually('it is missed', () => lines('the database does not answer').length > 0)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })
})
