import { ApiError, explainRefusal, explainUnreachable } from './api-error.ts'

test('a refusal is told in the server’s words, field by field', () => {
  const body = {
    status: { code: 400, is_success: false, user_message: 'The request was invalid.', developer_message: '' },
    data: { threads_override: 'Expected a whole number.', cause: 'Too long.' },
  }
  expect(explainRefusal(400, body)).toEqual({
    message: 'The request was invalid.\n  threads_override: Expected a whole number.\n  cause: Too long.',
    fields: body.data,
  })
  expect(explainRefusal(404, { ...body, data: null }).message).toBe('The request was invalid.')
})

test.each([
  ['Jobs of CI have no schedule.', 'Bad request.', 'Jobs of CI have no schedule.\n  Bad request.'],
  ['Forbidden. This token lacks x.', 'Forbidden.', 'Forbidden. This token lacks x.'],
  [null, 'Invalid token.', 'Invalid token.'],
  ['', 'Too many requests.', 'Too many requests.'],
])('what is said to developers (%j) beside %j is told first', (developer_message, user_message, message) => {
  const body = { status: { code: 400, is_success: false, user_message, developer_message }, data: null }
  expect(explainRefusal(400, body)).toEqual({ message })
})

test('what is not there is said once', () => {
  const status = { code: 404, is_success: false, user_message: 'Not found.', developer_message: 'There is no job 99.' }
  expect(explainRefusal(404, { status, data: null })).toEqual({ message: 'There is no job 99.' })
})

test('a database that is away is told before what may be done about it', () => {
  const status = { code: 503, is_success: false, user_message: 'Away.', developer_message: 'May be sent again.' }
  expect(explainRefusal(503, { status, data: null })).toEqual({ message: 'Away.\n  May be sent again.' })
})

test('an answer that is not ours is said to be so', () => {
  expect(explainRefusal(502, '<html>').message).toContain('answered 502, and not in the form that Stratus does')
})

test.each([
  ['ECONNREFUSED', 'nothing listens there'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'STRATUS_CA_FILE'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'STRATUS_CA_FILE'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', '--tls-name'],
  ['EWHATEVER', 'EWHATEVER'],
])('%s is explained', (code, text) => {
  expect(explainUnreachable('https://h:1', code)).toContain(`The server https://h:1 cannot be reached: `)
  expect(explainUnreachable('https://h:1', code)).toContain(text)
})

test('http at a port of https names the address to try', () => {
  expect(explainUnreachable('http://h:1', 'ECONNRESET')).toContain('try https://h:1.')
  expect(explainUnreachable('https://h:1', 'ECONNRESET')).toContain('the connection was cut')
})

test.each([
  [{ status: 503 }, true],
  [{ status: 502 }, true],
  [{ status: 429 }, true],
  [{ code: 'ECONNREFUSED' }, true],
  [{ status: 500 }, false],
  [{ status: 404 }, false],
  [{ code: 'ENOTFOUND' }, false],
])('%o may pass by itself: %s', (refusal, isPassing) => {
  expect(new ApiError('no', refusal).isPassing).toBe(isPassing)
})
