import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import pg from 'pg'
import { createEmptyDatabase } from '../../test/support/database/test-database.ts'
import { isTransientError } from './pg-errors.ts'

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EAI_AGAIN',
  '57P01',
  '57P03',
  '08006',
  '08P01',
  '53300',
  '25006',
])('%s is waited for', (code) => {
  expect(isTransientError(Object.assign(new Error('x'), { code }))).toBe(true)
})

test.each(['23505', '40001', '42P01', '53100', '57P04', '28P01', '3D000', 'ENOSPC'])('%s is not', (code) => {
  expect(isTransientError(Object.assign(new Error('Connection terminated'), { code }))).toBe(false)
})

test('neither is what has no code and is not of a connection', () => {
  expect([new Error('x'), 'ECONNREFUSED', undefined, null].filter(isTransientError)).toEqual([])
})

describe('what really happens when', () => {
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    )

  test('nobody listens, nobody answers, and no connection of the pool is free', async () => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo
    const connectionString = `postgres://x@127.0.0.1:${port}/x`
    const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 50 })
    const failures = await Promise.all([failureOf(pool.query('select 1')), failureOf(pool.query('select 1'))])
    await pool.end()
    await new Promise((resolve) => silent.close(resolve))
    failures.push(await failureOf(new pg.Client({ connectionString }).connect()))
    expect(failures.map(isTransientError)).toEqual([true, true, true])
  })

  test('the server ends the connection during a query, and the next one uses it', async () => {
    const { url, drop } = await createEmptyDatabase()
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    const ended = await failureOf(client.query('select pg_terminate_backend(pg_backend_pid())'))
    const next = await failureOf(client.query('select 1'))
    await drop()
    expect([ended, next].map(isTransientError)).toEqual([true, true])
  })

  test('a read-only server is asked to write', async () => {
    const { url, drop } = await createEmptyDatabase()
    const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=on' })
    await client.connect()
    const refused = await failureOf(client.query('create table t (id integer)'))
    await client.end()
    await drop()
    expect(isTransientError(refused)).toBe(true)
  })
})
