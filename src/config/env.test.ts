import { SetupError } from '../domain/errors.ts'
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
