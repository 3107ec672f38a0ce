import { sql } from 'kysely'
import pg from 'pg'
import { type PostgresServer, startPostgres } from '../../../test/support/database/postgres-server.mjs'
import { eventually } from '../../../test/support/eventually.ts'
import { type Database, openDatabase } from '../database.ts'
import { persistently } from '../persistently.ts'

describe('a database that goes away', () => {
  let server: PostgresServer
  let database: Database
  const heard: string[] = []
  beforeAll(async () => {
    server = await startPostgres()
    database = await openDatabase({ kind: 'postgres', url: server.url, poolSize: 3 })
    database.reachability.listen({ lost: () => heard.push('lost'), back: () => heard.push('back') })
  })
  beforeEach(() => heard.splice(0))
  afterAll(async () => {
    await database.close()
    await server.stop()
  })

  const ask = () => sql`select 1`.execute(database.db)
  const waiting = <T>(work: () => Promise<T>) => persistently(work, new AbortController().signal)

  test.each(['SIGINT', 'SIGQUIT'] as const)(
    'after %s: it is missed once, however many ask, and all get their answers',
    async (signal) => {
      await ask()
      await server.halt(signal)
      const answers = Array.from({ length: 20 }, () => waiting(ask))
      await eventually('it is missed', () => !database.reachability.isReachable)
      await server.start()
      await Promise.all(answers)
      await eventually('it is back', () => database.reachability.isReachable)
      expect(heard).toEqual(['lost', 'back'])
    },
  )

  test('a transaction that is cut between two statements ends itself and not the process', async () => {
    const cut = database.db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      const pid = rows[0]?.pid
      await sql`select pg_terminate_backend(${pid})`.execute(database.db)
      await eventually('it is gone', async () => {
        const left = await sql`select from pg_stat_activity where pid = ${pid}`.execute(database.db)
        return left.rows.length === 0
      })
      // A statement that meets the end of the connection on its way fails in other words.
      await eventually('this process has noticed', async () =>
        sql`select 1`.execute(tx).then(
          () => false,
          (error: unknown) => String(error).includes('connection error'),
        ),
      )
      await sql`select 1`.execute(tx)
    })
    await expect(cut).rejects.toThrow('connection error')
    await ask()
  })

  test('one connection that is cut is no loss', async () => {
    const cut = sql`select pg_terminate_backend(pg_backend_pid())`.execute(database.db)
    await expect(cut).rejects.toThrow(/terminat/)
    await waiting(ask)
    expect([database.reachability.isReachable, heard]).toEqual([true, []])
  })

  test('a server that refuses writes is missed until it takes them, though it answers', async () => {
    await sql`create table kept (id integer primary key)`.execute(database.db)
    const change = async (how: string) => {
      const admin = new pg.Client({ connectionString: server.url })
      await admin.connect()
      await admin.query(how)
      await admin.query('select pg_reload_conf()')
      await admin.end()
    }
    await change('alter system set default_transaction_read_only = on')
    await eventually('it refuses', async () => {
      const { rows } = await sql<{ setting: string }>`
        select setting from pg_settings where name = 'default_transaction_read_only'`.execute(database.db)
      return rows[0]?.setting === 'on'
    })
    const written = waiting(() => sql`insert into kept values (1)`.execute(database.db))
    await eventually('it is missed', () => !database.reachability.isReachable)
    await ask()
    expect(database.reachability.isReachable).toBe(false)
    await change('alter system reset default_transaction_read_only')
    await written
    await eventually('it is back', () => database.reachability.isReachable)
    expect(heard).toEqual(['lost', 'back'])
  })

  test('who waits gives up when told to', async () => {
    await server.halt()
    const lease = new AbortController()
    const answer = persistently(ask, lease.signal)
    await eventually('it is missed', () => !database.reachability.isReachable)
    lease.abort(new Error('lease over'))
    await expect(answer).rejects.toThrow('lease over')
    await server.start()
    await waiting(ask)
  })
})
