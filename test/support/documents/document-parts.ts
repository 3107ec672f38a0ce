import fc from 'fast-check'

/* What documents are made of. Texts are such as YAML could take for something else. */
export const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
export const given = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 })

const awkward = fc.constantFrom(
  ...['null', '~', 'true', 'yes', 'off', '0123', '1.10', '1e5', '0x1f', '1_000', '.inf', '2026-11-30', '12:30:45'],
  ...[
    '=',
    '<<',
    '- a',
    '? a',
    'a: b',
    '# no',
    'a # no',
    '*a',
    '&a',
    '!t',
    '%x',
    '@x',
    '`x',
    '{{ x }}',
    '[a',
    '"q"',
    "'",
  ],
  ...[' padded ', 'été ☕', '*****', 'a'.repeat(255), 'https://user:pass@example.com/?token=abc', '__proto__'],
)
export const line = fc
  .oneof(awkward, fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }))
  .filter((words) => words.trim() !== '' && !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(words))
export const text = fc.oneof(
  line,
  fc.constantFrom(
    '',
    '\n',
    'two\nlines',
    'two\nlines\n',
    ' a\n\n\tb \n ',
    '\r\n',
    'a\rb',
    '\u0085',
    '\u2028',
    '\ufeffa',
    '\\',
  ),
)
export const id = fc.integer({ min: 1, max: 60 })
export const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
export const scalar = fc.oneof(text, number, fc.boolean())

export const variables = rare(
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'DBT_A',
        'DBT_ENV_SECRET_A',
        'dbt_env_secret_a',
        'null',
        'y',
        'from_env',
        '__proto__',
        'constructor',
      ),
      fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcDEF_') }),
    ),
    given(scalar),
    { maxKeys: 4 },
  ),
)

export const detailName = fc.constantFrom(
  ...['host', 'port', 'path', 'user', 'password', 'token', 'null', 'y', 'a-b', 'from_env', '__proto__', 'constructor'],
)
export const connection = fc
  .tuple(
    fc.dictionary(detailName, given(fc.oneof(scalar, fc.array(line, { maxLength: 2 }))), { maxKeys: 5 }),
    fc.record({ type: fc.constantFrom('duckdb', 'postgres', 'null', 'y'), name: rare(given(line)) }),
  )
  .map(([details, named]) => ({ ...details, ...named }))

const seconds = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 60, noNaN: true }))
export const simulation = fc.record(
  {
    seed: fc.integer(),
    time_scale: seconds,
    dbt_version: fc.constantFrom('1.11.16', '1.10.0'),
    graph: fc.record({ nodes: fc.constantFrom([], [{ name: 'one' }, { name: 'two', depends_on: ['one'] }]) }),
    fail_first: fc.nat(5),
    steps: fc.array(
      fc.record({
        step: line,
        duration: rare(seconds),
        outcome: rare(fc.constantFrom('success', 'error')),
        log: rare(fc.array(text)),
      }),
      { maxLength: 2 },
    ),
    nodes: fc.array(fc.record({ select: line, age: rare(seconds), rows: rare(fc.nat()) }), { maxLength: 2 }),
  },
  { requiredKeys: [] },
)

const cron = fc.constantFrom('', ' ', '0 6 * * *', '*/7 1-3 L * FRI', '0 12 0 0 0')
export const schedule = fc.record(
  {
    cron: given(cron),
    timezone: given(fc.constantFrom('Europe/Vienna', 'utc')),
    date: given(
      fc.record({
        type: fc.constantFrom('every_day', 'days_of_week', 'custom_cron', 'interval_cron'),
        days: rare(given(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }))),
        cron: rare(given(cron)),
      }),
    ),
    time: given(
      fc.record({
        type: fc.constantFrom('every_hour', 'at_exact_hours'),
        interval: rare(given(fc.integer({ min: 1, max: 23 }))),
        hours: rare(given(fc.array(fc.integer({ min: 0, max: 23 }), { maxLength: 3 }))),
      }),
    ),
  },
  { requiredKeys: [] },
)

export const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Build', 'Test', 'Production', 'a/b', 'Build/Test') },
  { weight: 1, arbitrary: line },
)
/** Says which of the document's things is meant, and whether by its id, if it has one. */
export const reference = rare(fc.record({ index: fc.nat(), byId: fc.boolean() }))
export const flag = rare(given(fc.boolean()))
