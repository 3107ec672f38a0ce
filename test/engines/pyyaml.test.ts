import { execFileSync } from 'node:child_process'
import path from 'node:path'
import fc from 'fast-check'
import { parsePyyaml } from '../../src/util/pyyaml/parse-pyyaml.ts'
import { setInPyyaml, writePyyaml } from '../../src/util/pyyaml/write-pyyaml.ts'
import { realDbt, repository } from './support/engine-harness.ts'

/** Writes a value with its type: `['int', '1']`, `['str', '1']`, `['map', [[key, value], …]]`. */
type Typed = readonly [type: string, value?: unknown]

/** Reads each text with dbt's own YAML reader. */
async function readWithPyyaml(texts: readonly string[]): Promise<Typed[]> {
  const python = path.join(path.dirname(await realDbt()), 'python')
  const script = path.join(repository, 'test/fixtures/read-with-pyyaml.py')
  const options = { input: JSON.stringify(texts), maxBuffer: 1e9, encoding: 'utf8' } as const
  return JSON.parse(execFileSync(python, [script], options))
}

/** The same form of a value that was read in JavaScript, where keys are texts and dates, too. */
function plainTyped(value: unknown, parents: readonly unknown[] = []): unknown {
  if (parents.includes(value)) return ['cycle']
  const inner = [...parents, value]
  if (Array.isArray(value)) return ['seq', value.map((item) => plainTyped(item, inner))]
  if (typeof value !== 'object' || value === null) return [typeof value, String(value)]
  const pairs = Object.entries(value).map(([key, item]) => [key, plainTyped(item, inner)])
  return ['map', sorted(pairs)]
}

function plainOfPyyaml([type, value]: Typed): unknown {
  if (type === 'map') {
    const pairs = value as [Typed, Typed][]
    return ['map', sorted(pairs.map(([key, item]) => [key[1], plainOfPyyaml(item)]))]
  }
  if (type === 'seq') return ['seq', (value as Typed[]).map(plainOfPyyaml)]
  if (type === 'NoneType') return ['object', 'null']
  if (type === 'bool') return ['boolean', String(value).toLowerCase()]
  if (type === 'int' || type === 'float') return ['number', String(numberOf(String(value)))]
  return ['string', value]
}

/** The keys come in one order. */
function canonical([type, value]: Typed): unknown {
  if (type === 'seq') return [type, (value as Typed[]).map(canonical)]
  if (type !== 'map') return [type, value]
  return [type, sorted((value as [Typed, Typed][]).map(([key, item]) => [key, canonical(item)]))]
}

function numberOf(text: string): number {
  return Number(text.replace('inf', 'Infinity').replace('nan', 'NaN'))
}

function sorted(pairs: readonly unknown[]): unknown[] {
  return pairs.map((pair) => JSON.stringify(pair)).sort()
}

const scalars = [
  ...[
    'y',
    'n',
    'yes',
    'No',
    'on',
    'OFF',
    'true',
    '~',
    'null',
    'Null',
    '=',
    '<<',
    '-',
    '?',
    '0',
    '1',
    '-0',
    '+1',
    '010',
    '08',
  ],
  ...[
    '0o17',
    '0x1f',
    '0b1',
    '1_000',
    '1:30',
    '01:30',
    '190:20:30.15',
    '2592e5',
    '2592100000',
    '1.5',
    '1e3',
    '1.0e+3',
    '.5',
    '.inf',
  ],
  ...[
    '-.INF',
    '1.',
    '2001-01-01',
    '12:30:45',
    '"q"',
    "'it''s'",
    '"\\t\\u00e9"',
    'a b',
    'http://h:1/p',
    '{{ x }}',
    '"{{ x }}"',
  ],
  ...[
    'é',
    '\u{1F600}',
    '\u2028',
    '\u0085',
    '\x07',
    '\uFEFF',
    '#',
    'a#b',
    'a # c',
    '%',
    '@',
    '`',
    '!',
    '!!str 1',
    '!!int "3"',
    '$',
  ],
]
const joints = [
  ...[
    ': ',
    ':',
    ', ',
    '{',
    '}',
    '[',
    ']',
    '\n',
    '\n  ',
    '\n    ',
    '\n- ',
    '\n  - ',
    '- ',
    '? ',
    '|\n',
    '>-\n    ',
    '\t',
    '\r\n',
  ],
  ...[
    '&a ',
    '*a',
    '*a ',
    '<<: *a',
    '<<: [*a, *b]',
    '&b ',
    '---\n',
    '...\n',
    '  ',
    '# c',
    'a: ',
    'b: ',
    '\n  a: ',
    '\n  b: ',
    '\nk: ',
  ],
]

/** Makes texts of YAML's own parts, most of them no YAML. */
const soup = fc
  .tuple(
    fc.constantFrom('', 'r: ', 'r:\n  '),
    fc.array(fc.constantFrom(...scalars, ...joints, ...joints), { maxLength: 9 }),
  )
  .map(([start, parts]) => start + parts.join(''))

/** Texts that look like a profiles.yml. */
const scalar = fc.constantFrom(...scalars)
const fileLike = fc
  .record({
    base: fc.array(fc.tuple(scalar, scalar), { minLength: 1, maxLength: 3 }),
    other: fc.array(fc.tuple(scalar, scalar), { maxLength: 3 }),
    merge: fc.constantFrom('', '      <<: *base\n'),
    last: fc.constantFrom('*base', '{a: 1, <<: *base}', '{a: *base}', '~', ''),
  })
  .map(({ base, other, merge, last }) => {
    const lines = (pairs: readonly (readonly string[])[]) => pairs.map(([k, v]) => `      ${k}: ${v}\n`).join('')
    return `shop:\n  target: dev\n  outputs:\n    dev: &base\n${lines(base)}    prod:\n${merge}${lines(other)}    x: ${last}\n`
  })

const texts = [...fc.sample(soup, { seed: 7, numRuns: 4_000 }), ...fc.sample(fileLike, { seed: 7, numRuns: 1_000 })]

describe('YAML as dbt reads it', () => {
  let read: Typed[]
  beforeAll(async () => {
    read = await readWithPyyaml(texts)
  })

  test('what is read without a doubt is what PyYAML reads', () => {
    const certain = texts.flatMap((text, position) => {
      const { content, doubt } = parsePyyaml(text)
      const [type] = read[position] ?? ['missing']
      const python = type === 'error' ? type : JSON.stringify(plainOfPyyaml(read[position] ?? ['missing']))
      return doubt === undefined ? [{ text, ours: JSON.stringify(plainTyped(content)), python }] : []
    })
    expect(certain.filter(({ ours, python }) => ours !== python)).toEqual([])
    expect(certain.length).toBeGreaterThan(800)
  })

  test('a file with one value set is what it was in everything else, keys that are no texts, too', async () => {
    const way = ['shop', 'outputs', 'prod', 'schema']
    const before = texts.flatMap((text, position) => {
      const { doubt } = parsePyyaml(text)
      const result = read[position]
      const isMapping = doubt === undefined || doubt.reason.startsWith('It has a key that is no text')
      return isMapping && result?.[0] === 'map' ? [{ text, result }] : []
    })
    const after = await readWithPyyaml(before.map(({ text }) => setInPyyaml(text, way, 'o: {n}')))
    const wrong = before.filter(({ result }, position) => {
      const expected = JSON.stringify(canonical(withTyped(result, way, ['str', 'o: {n}'])))
      return JSON.stringify(canonical(after[position] ?? ['missing'])) !== expected
    })
    expect(wrong.map(({ text }) => text)).toEqual([])
    expect(before.length).toBeGreaterThan(800)
  })

  test('what is written is read as the same values', async () => {
    const text = fc.oneof(fc.constantFrom(...scalars), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
    const leaf = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.dictionary(text, fc.oneof(leaf, fc.array(leaf), tie('tree')), { noNullPrototype: true }),
    }))
    const values = [...fc.sample(tree, { seed: 7, numRuns: 150 }), { long: 'x '.repeat(5000), ['k'.repeat(3000)]: 1 }]
    const back = await readWithPyyaml(values.map(writePyyaml))
    const wrong = values.filter((value, position) => {
      return JSON.stringify(plainTyped(value)) !== JSON.stringify(plainOfPyyaml(back[position] ?? ['missing']))
    })
    expect(wrong).toEqual([])
  })
})

/** The same mapping of PyYAML's with a value set in it. */
function withTyped([, pairs]: Typed, [key, ...rest]: readonly string[], value: Typed): Typed {
  if (key === undefined) return value
  const all = Array.isArray(pairs) ? (pairs as [Typed, Typed][]) : []
  const isKey = ([type, name]: Typed) => type === 'str' && name === key
  const found = all.find(([name]) => isKey(name))?.[1] ?? ['map', []]
  const set = rest.length > 0 && found[0] !== 'map' ? (['map', []] as const) : found
  return ['map', [...all.filter(([name]) => !isKey(name)), [['str', key], withTyped(set, rest, value)]]]
}
