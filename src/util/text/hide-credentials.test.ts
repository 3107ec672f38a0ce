import { hideCredentials } from './hide-credentials.ts'

test.each([
  ["to 'https://me:token@host/x.git' and ssh://git@host/y", "to 'https://*@host/x.git' and ssh://*@host/y"],
  ['https://ghp_token@github.com', 'https://*@github.com'],
  ['postgres://me:p@ss:w@rd@db:5432/x@y', 'postgres://*@db:5432/x@y'],
  ['no credentials: https://host/a@b, https://host?x=@y, ://a@b, https://@host', undefined],
  ['https://a:b', undefined],
])('%s', (text, clean) => {
  expect(hideCredentials(text, '*')).toBe(clean ?? text)
})

test('a text of any length is read once', () => {
  const word = 'a'.repeat(2_000_000)
  expect(hideCredentials(word, '*')).toBe(word)
  expect(hideCredentials(`x://${word}`, '*')).toBe(`x://${word}`)
  expect(hideCredentials('a://'.repeat(500_000), '*')).toBe('a://'.repeat(500_000))
})
