import { createScrubber, scrubCredentials, secretsOf } from './secret-scrubber.ts'

test('variables whose name says so are secret', () => {
  expect(secretsOf({ DBT_ENV_SECRET_A: 'a', DBT_ENV_CUSTOM_ENV_B: 'b', MY_DBT_ENV_SECRET: 'c' })).toEqual(['a', 'c'])
})

test('every occurrence goes, the longest secret first, special characters and all', () => {
  const scrub = createScrubber(['pass', 'password', 'a.b*c[1]', '', '  '])
  expect(scrub('password pass a.b*c[1] aXb*c[1]')).toBe('***** ***** ***** aXb*c[1]')
})

test('so do its forms in JSON and in an address', () => {
  const scrub = createScrubber(['a"b/c d'])
  expect(scrub('{"x": "a\\"b/c d"} https://me:a%22b%2Fc%20d@host')).toBe('{"x": "*****"} https://me:*****@host')
})

test('each line of a key goes, since a log has them one by one', () => {
  const scrub = createScrubber(['-----BEGIN KEY-----\nabcdefgh12345678\n-----END KEY-----'])
  expect(scrub('1: abcdefgh12345678\n')).toBe('1: *****\n')
})

test('addresses lose their credentials', () => {
  expect(scrubCredentials("to 'https://me:token@host/x.git' and ssh://git@host/y")).toBe(
    "to 'https://*****@host/x.git' and ssh://*****@host/y",
  )
})
