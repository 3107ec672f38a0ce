import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { scrubFile } from './scrub-file.ts'
import { SecretScrubber } from './secret-scrubber.ts'

const secret = 'gr\u00fcn "main"\\n'
const scrubber = new SecretScrubber({ A: secret, B: 'models', C: '1234', D: 'n123' })

async function scrubbed(name: string, content: string | Buffer, size = 7): Promise<string> {
  const bytes = Buffer.from(content)
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  )
  return text(Readable.from(chunks).pipe(scrubFile(name, scrubber)))
}

test('values of JSON lose their secrets, however they are escaped; keys, numbers and the rest stay', async () => {
  const value = {
    models: 1234,
    list: ['a models b', secret, `é ${secret} \u{1f600}`],
    'a 1234': { x: null, y: 'models' },
  }
  const clean = { models: 1234, list: ['a ***** b', '*****', 'é ***** \u{1f600}'], 'a 1234': { x: null, y: '*****' } }
  const ascii = JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  for (const size of [1, 2, 3, 7, 64, 100_000]) {
    for (const content of [JSON.stringify(value), JSON.stringify(value, null, 2), ascii]) {
      expect(JSON.parse(await scrubbed('manifest.json', content, size))).toEqual(clean)
    }
  }
})

test('an escape that looks like the begin of a secret stays whole', async () => {
  const content = '{"sql": "a\\n123 and n123"}'
  expect(JSON.parse(await scrubbed('x.json', content))).toEqual({ sql: 'a\n123 and *****' })
})

test('JSON without secrets stays as it was, to the byte', async () => {
  const content = '{ "a" : "\\u00fc\\/ \u00fc",\n\t"b":[1.50e+3 , true,null] }\n'
  expect(await scrubbed('x.json', content)).toBe(content)
})

test('what only calls itself JSON is read as text; so is JSON that ends too soon', async () => {
  expect(await scrubbed('x.json', 'models: models\n')).toBe('*****: *****\n')
  expect(await scrubbed('x.json', '{"a": "models and', 100)).toBe('{"a": "***** and')
})

test('a string too long to be looked at is left out', async () => {
  const content = JSON.stringify({ a: `${'\\"'.repeat(5 * 1024 * 1024)}models`, b: 'models' })
  const clean = await scrubbed('x.json', content, 64 * 1024)
  expect(JSON.parse(clean)).toEqual({ a: '(left out: longer than 8 MiB)', b: '*****' })
})

test('other text loses its secrets, and bytes that are no UTF-8 stay', async () => {
  expect(await scrubbed('compiled/a.sql', `select '${secret}' -- models\n`)).toBe("select '*****' -- *****\n")
  const latin1 = Buffer.from('caf\u00e9;1234\n', 'latin1')
  const clean = Readable.from([latin1]).pipe(scrubFile('seed.csv', scrubber))
  expect(Buffer.concat(await clean.toArray())).toEqual(Buffer.from('caf\u00e9;*****\n', 'latin1'))
})

test('what is no text stays as it is', async () => {
  const content = Buffer.from('\0\x01models')
  expect(await scrubbed('graph.gpickle', content, 100)).toBe(content.toString())
})
