import { SecretScrubber, secretsOf } from './secret-scrubber.ts'
import { TextScrubber } from './text-scrubber.ts'

function scrubberOf(...secrets: string[]): SecretScrubber {
  return new SecretScrubber(Object.fromEntries(secrets.map((secret, index) => [`S${index}`, secret])))
}

test('variables whose name begins so are secret', () => {
  const variables = { DBT_ENV_SECRET_A: 'a', DBT_ENV_CUSTOM_ENV_B: 'b', MY_DBT_ENV_SECRET: 'c' }
  expect(secretsOf(variables)).toEqual({ DBT_ENV_SECRET_A: 'a' })
})

test('every occurrence goes, the longest secret first, special characters and all', () => {
  const { scrub } = scrubberOf('pass', 'password', 'a.b*c[1]', '', '  ')
  expect(scrub('password pass a.b*c[1] aXb*c[1]')).toBe('***** ***** ***** aXb*c[1]')
})

test('of secrets that overlap nothing stays', () => {
  expect(scrubberOf('abcdef', 'defghi').scrub('xabcdefghix')).toBe('x*****x')
  expect(scrubberOf('aaaa').scrub('aaaaaaaaaaab')).toBe('*****b')
})

test('blanks around a secret, a newline at its end and its single lines are not needed to know it', () => {
  const { scrub } = scrubberOf('from-a-file\n', '  blanks around ', 'BEGIN KEY\r\nabcdefgh12345678\r\nab=\r\nEND')
  expect(scrub('from-a-file; blanks around; abcdefgh12345678; BEGIN KEY')).toBe('*****; *****; *****; *****')
  expect(scrub('BEGIN KEY\r\nabcdefgh12345678\r\nab=\r\nEND')).toBe('*****')
})

test('the blanks around a secret stay, so that two lines do not become one', () => {
  const { scrub } = scrubberOf('from-a-file\n', '  blanks around\t', 'first-line-99\r\nsecond-line-88\r\n')
  expect(scrub('is from-a-file\nnext')).toBe('is *****\nnext')
  expect(scrub('[  blanks around\t]')).toBe('[  *****\t]')
  expect(scrub('first-line-99\r\nsecond-line-88\r\n')).toBe('*****\r\n')
})

const awkward = 'pä"s\\s w/o+r\'d&'

test.each([
  ['JSON', JSON.stringify(awkward)],
  ['JSON in ASCII', '"p\\u00e4\\"s\\\\s w/o+r\'d&"'],
  ['JSON in JSON', JSON.stringify(JSON.stringify(awkward))],
  ['an address', encodeURIComponent(awkward)],
  ["an address, Python's quote", 'p%C3%A4%22s%5Cs%20w/o%2Br%27d%26'],
  ['an address in lower case', 'p%c3%a4%22s%5cs%20w%2fo%2br%27d%26'],
  ['a form', 'p%C3%A4%22s%5Cs+w%2Fo%2Br%27d%26'],
  ['hex', Buffer.from(awkward).toString('hex')],
  ['hex in upper case', Buffer.from(awkward).toString('hex').toUpperCase()],
  ["a shell's quotes", `'pä"s\\s w/o+r'\\''d&'`],
  ["Python's quotes for a shell", `'pä"s\\s w/o+r'"'"'d&'`],
  ["a shell's escapes", `pä\\"s\\\\s\\ w/o+r\\'d\\&`],
  ['Python', `'pä"s\\\\s w/o+r\\'d&'`],
  ['bytes of Python', `b'p\\xc3\\xa4"s\\\\s w/o+r\\'d&'`],
  ['SQL', `'pä"s\\s w/o+r''d&'`],
  ['HTML', 'pä&#34;s\\s w/o+r&#39;d&amp;'],
  ["Python's HTML", 'pä&quot;s\\s w/o+r&#x27;d&amp;'],
  ['XML', 'pä&quot;s\\s w/o+r&apos;d&amp;'],
  ['the text of an HTML element', 'pä"s\\s w/o+r\'d&amp;'],
])('its form in %s goes', (_, text) => {
  expect(scrubberOf(awkward).scrub(`<${text}>`)).toMatch(/^<b?['"\\]*\*{5}[\\'"]*>$/)
})

test.each([0, 1, 2, 3, 4])('its base64 goes with %s bytes before it', (before) => {
  const secret = 'a secret of more than one word??>>'
  for (const encoding of ['base64', 'base64url'] as const) {
    const text = Buffer.from(`${'user:'.slice(0, before)}${secret} and more`).toString(encoding)
    expect(scrubberOf(secret).scrub(text)).toMatch(/^.{0,7}\*{5}.{0,16}$/)
  }
})

test('lines of base64 go', () => {
  const secret = 'x'.repeat(30) + 'y'.repeat(60) + 'z'.repeat(50)
  const lines = Buffer.from(secret).toString('base64').replace(/.{76}/g, '$&\n')
  expect(scrubberOf(secret).scrub(lines)).toBe('*****\n*****\n*****o=')
})

test('the private key in a key file goes, and the password in an address', () => {
  const file = JSON.stringify({ project_id: 'shop-prod', private_key: 'BEGIN\nabcdefgh12345678\nEND' })
  const { scrub } = scrubberOf(file, 'postgres://me:hunter%2123@db/x')
  expect(scrub('abcdefgh12345678 in shop-prod, hunter!23 and hunter%2123')).toBe('***** in shop-prod, ***** and *****')
})

test('what is too short is left alone, and named', () => {
  const scrubber = scrubberOf('1', 'run', ' ab ', 'four')
  expect(scrubber.shortNames).toEqual(['S0', 'S1', 'S2'])
  expect(scrubber.scrub('run 1 of ab four')).toBe('run 1 of ab *****')
})

test('the head of a text has no begin of a secret that ends behind it', () => {
  const scrubber = scrubberOf('a long secret')
  expect(scrubber.scrubHead('say a long secret now', 8)).toBe('say *****')
  expect(scrubber.scrubHead('say nothing', 5)).toBe('say n')
})

test('wherever a text is cut, its secrets go', () => {
  const secret = 'first line\nno\nlast line'
  for (let size = 1; size < 40; size++) {
    const text = new TextScrubber(scrubberOf(secret, 'four'))
    const whole = `before\n${secret}\nfour fourfour ${'x'.repeat(50)}`
    const pieces = whole.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
    const clean = pieces.map((piece) => text.push(piece)).join('') + text.end()
    expect(clean).toBe(`before\n*****\n***** ********** ${'x'.repeat(50)}`)
  }
})

test('one secret without an end does not fill the memory', () => {
  const text = new TextScrubber(scrubberOf('aaaaaaaa'))
  const shown = Array.from({ length: 100 }, () => text.push('a'.repeat(64 * 1024)))
  expect(shown.join('') + text.end()).toMatch(/^\*+$/)
  expect(shown.some((piece) => piece !== '')).toBe(true)
})
