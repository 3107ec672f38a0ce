import { scrubSecrets, serializeError } from './logger.ts'
import { formatForPeople } from './util/text/format-log-line.ts'

test('credentials inside text are scrubbed', () => {
  const line = 'sent Authorization: Token abcdefgh12345 to postgres://me:hunter2@db/x and Bearer zyxwvut9876'
  expect(scrubSecrets(line)).toBe(
    'sent Authorization: Token [redacted] to postgres://[redacted]@db/x and Bearer [redacted]',
  )
})

test('an error is logged with its causes but without what else hangs on it', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  const error = Object.assign(new Error('request failed', { cause }), { config: { headers: { Authorization: 'x' } } })
  const serialized = serializeError(error)
  expect(serialized).toMatchObject({ message: 'request failed', cause: { message: 'refused', code: 'ECONNREFUSED' } })
  expect(JSON.stringify(serialized)).not.toContain('headers')
})

test('a line for people is short', () => {
  const entry = {
    level: 40,
    time: 1,
    pid: 2,
    hostname: 'h',
    name: 'queue',
    runId: 7,
    err: { message: 'gone\nat x' },
    msg: 'lease lost',
  }
  expect(formatForPeople(`${JSON.stringify(entry)}\n`)).toBe('warn queue: lease lost (runId=7): gone\n')
  expect(formatForPeople('plain text\n')).toBe('plain text\n')
})
