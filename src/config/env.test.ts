import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { testKey } from '../../test/support/test-key.ts'
import { SetupError } from '../domain/errors.ts'
import { dbtEnvironment } from './dbt-environment.ts'
import { readEnv } from './env.ts'
import { unknownVariables } from './unknown-variables.ts'

function problemsOf(raw: Record<string, string>, flags = {}): string {
  try {
    readEnv(flags, raw)
  } catch (error) {
    if (error instanceof SetupError) return error.message
    throw error
  }
  return ''
}

describe('readEnv', () => {
  test('reports every problem at once, each with what was got and what is expected', () => {
    const message = problemsOf({
      STRATUS_PORT: '99999',
      STRATUS_PUBLIC_URL: 'example.com',
      STRATUS_TRUST_PROXY: '10.0.0.0/33',
    })
    expect(message).toContain('The configuration has 3 problems:')
    expect(message).toContain('STRATUS_PORT: got "99999", expected a whole number from 0 to 65535.')
    expect(message).toContain(
      'STRATUS_PUBLIC_URL: got "example.com", expected an address like https://stratus.example.com, without a path.',
    )
    expect(message).toContain('STRATUS_TRUST_PROXY: got "10.0.0.0/33", expected IP addresses or networks')
  })

  test('never shows the value of a secret', () => {
    const message = problemsOf({ DATABASE_URL: 'mysql://me:hunter2@host/db', STRATUS_ADMIN_TOKEN: 'hunter2' })
    expect(message).toContain('STRATUS_ADMIN_TOKEN: got a value of 7 characters')
    expect(message).toContain('DATABASE_URL: got a value of')
    expect(message).not.toContain('hunter2')
  })

  test('lets flags win and names the flag that is wrong', () => {
    expect(readEnv({ STRATUS_PORT: '0' }, { STRATUS_PORT: '9000' }).STRATUS_PORT).toBe(0)
    expect(problemsOf({ STRATUS_PORT: '9000' }, { STRATUS_PORT: 'x' })).toBe(
      '--port: got "x", expected a whole number from 0 to 65535.',
    )
  })

  test('takes an empty variable for an absent one', () => {
    expect(readEnv({}, { STRATUS_PORT: '', DATABASE_URL: '' })).toMatchObject({ STRATUS_PORT: 8443 })
  })

  test('splits lists at commas', () => {
    const env = readEnv({}, { STRATUS_PASS_ENV: 'A, B_2,', STRATUS_TRUST_PROXY: '10.0.0.1,fd00::/8' })
    expect(env.STRATUS_PASS_ENV).toEqual(['A', 'B_2'])
    expect(env.STRATUS_TRUST_PROXY).toEqual(['10.0.0.1', 'fd00::/8'])
  })

  test.each(['STRATUS_ADMIN_TOKEN', 'DATABASE_URL', 'PGPASSWORD'])('refuses to pass %s on to dbt', (name) => {
    expect(problemsOf({ STRATUS_PASS_ENV: `HOME,${name}` })).toContain('none of them STRATUS_')
  })
})

test('unknown variables are found with the nearest real name', () => {
  expect(unknownVariables({ STRATUS_PROT: '1', STRATUS_SOMETHING: '1', PATH: '/bin', STRATUS_PORT: '1' })).toEqual([
    { name: 'STRATUS_PROT', nearest: 'STRATUS_PORT' },
    { name: 'STRATUS_SOMETHING', nearest: undefined },
  ])
})

describe('secrets in files', () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(path.join(os.tmpdir(), 'stratus-secrets-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  function write(name: string, content: string): string {
    const file = path.join(dir, name)
    writeFileSync(file, content)
    return file
  }

  test('are read from where the variable with _FILE says, without the newline that editors add', () => {
    const env = readEnv(
      {},
      {
        DATABASE_URL_FILE: write('url', 'postgres://me:pw@db/stratus\n'),
        STRATUS_SECRET_KEY_FILE: write('keys', `${testKey('first')},${testKey('second')}\r\n`),
        STRATUS_ADMIN_TOKEN_FILE: write('token', 'a-token-of-twenty-or-more'),
      },
    )
    expect(env.DATABASE_URL).toBe('postgres://me:pw@db/stratus')
    expect(env.STRATUS_SECRET_KEY).toEqual([testKey('first'), testKey('second')])
    expect(env.STRATUS_ADMIN_TOKEN).toBe('a-token-of-twenty-or-more')
  })

  test('that are of no use are all named, without what is in them', () => {
    const message = problemsOf({
      STRATUS_SECRET_KEY: 'a key that stands in both',
      STRATUS_SECRET_KEY_FILE: write('key', 'the same key again'),
      STRATUS_ADMIN_TOKEN_FILE: path.join(dir, 'missing'),
      DATABASE_URL_FILE: dir,
      STRATUS_TOKEN_FILE: write('empty', '\n'),
    })
    expect(message).toContain('STRATUS_SECRET_KEY and STRATUS_SECRET_KEY_FILE are both set: leave out one of them.')
    expect(message).toContain(`STRATUS_ADMIN_TOKEN_FILE: ${path.join(dir, 'missing')} cannot be read (ENOENT).`)
    expect(message).toContain(`DATABASE_URL_FILE: ${dir} is no file.`)
    expect(message).toContain(`STRATUS_TOKEN_FILE: ${path.join(dir, 'empty')} is empty.`)
    expect(message).not.toContain('key again')
    expect(problemsOf({ DATABASE_URL_FILE: write('bad', 'hunter2') })).toMatch(
      /^DATABASE_URL: got a value of 7 characters/,
    )
    expect(problemsOf({ DATABASE_URL_FILE: write('huge', 'x'.repeat(70_000)) })).toContain('is larger than 65536 bytes')
  })

  test('are variables that Stratus knows and dbt does not see', () => {
    expect(unknownVariables({ STRATUS_SECRET_KEY_FILE: '/run/secrets/key', STRATUS_PORT_FILE: 'x' })).toEqual([
      { name: 'STRATUS_PORT_FILE', nearest: undefined },
    ])
    expect(dbtEnvironment({ DATABASE_URL_FILE: '/run/secrets/url', DATABASE_URL_OF_DBT: 'kept' })).toEqual({
      DATABASE_URL_OF_DBT: 'kept',
    })
  })
})
