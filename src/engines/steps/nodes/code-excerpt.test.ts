import { codeExcerpt, lineInSource } from './code-excerpt.mjs'

const code =
  '\n\nselect\n  id,\n  amont / 100 as amount,\n  1 as one\nfrom "db"."main"."raw"\nwhere id > 0\nand id < 9\nlimit 5'
const lineOf = (message: string) => codeExcerpt('compiled', code, message, 200)?.line

test.each([
  [
    'PostgreSQL, which counts the lines of the whole statement',
    'column "amont" does not exist\nLINE 9:   amont / 100 as amount,\n          ^',
  ],
  [
    'DuckDB, which shows a part of the line',
    'Binder Error: Referenced column "amont" not found\n\nLINE 8: ...amont / 100 as am...\n           ^',
  ],
  ['Snowflake', "SQL compilation error: error line 7 at position 2\ninvalid identifier 'AMONT'"],
  ['BigQuery', 'Unrecognized name: amont at [6:3]'],
  ['Databricks', '[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `amont` cannot be resolved'],
])('the line is found by what the message shows of it: %s', (_, message) => {
  expect(lineOf(message)).toBe(5)
})

test.each([
  'Got 3 results, configured to fail if != 0',
  'LINE 4: nothing of it',
  'LINE 4:',
  "invalid identifier 'AMO'",
  '',
])('a line that the message does not tell is not guessed: %j', (message) => {
  expect(codeExcerpt('compiled', code, message, 4)).toEqual({
    ...{ of: 'compiled', first: 3, line: undefined },
    lines: ['sele', '  id', '  am', '  1 ', 'from', 'wher', 'and ', 'limi'],
  })
})

test('four lines stand on either side', () => {
  const long = Array.from({ length: 30 }, (_, index) => `line_${index + 1}_`).join('\n')
  expect(codeExcerpt('compiled', long, 'LINE 3: line_20_', 200)).toMatchObject({
    first: 16,
    line: 20,
    lines: { length: 9 },
  })
})

test('dbt’s compiler counts the lines of the source', () => {
  const message = "Compilation Error in model a (models/a.sql)\n  unexpected '}'\n    line 2\n      {{ x }"
  expect(codeExcerpt('source', 'select 1\n{{ x }\n', message, 200)).toMatchObject({ of: 'source', line: 2 })
})

test('a line of compiled code is found in the source where it stands as it is', () => {
  const excerpt = codeExcerpt('compiled', code, 'Unrecognized name: amont at [6:3]', 200)
  expect(lineInSource('{{ config() }}\nselect\n amont / 100 as amount,\nfrom x', excerpt)).toBe(3)
  expect(lineInSource('select {{ cents("amont") }}', excerpt)).toBeUndefined()
  expect(lineInSource(undefined, excerpt)).toBeUndefined()
})

test('no code, no excerpt', () => {
  expect([undefined, '', ' \n'].map((text) => codeExcerpt('compiled', text, '', 9))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})
