import fc from 'fast-check'
import { joinWords } from '../../src/domain/dbt-command/split-command.ts'

/*
 * Documents of every shape that stratus.yml has, most of which `apply` accepts. Texts are such as YAML could take for
 * something else.
 */

const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const given = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 })

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
const line = fc
  .oneof(awkward, fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }))
  .filter((words) => words.trim() !== '' && !/[\p{Cc}\p{Surrogate}\u2028\u2029]/u.test(words))
const text = fc.oneof(
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
const id = fc.integer({ min: 1, max: 60 })
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const scalar = fc.oneof(text, number, fc.boolean())

const variables = rare(
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

const detailName = fc.constantFrom(
  ...['host', 'port', 'path', 'user', 'password', 'token', 'null', 'y', 'a-b', 'from_env', '__proto__', 'constructor'],
)
const connection = fc
  .tuple(
    fc.dictionary(detailName, given(fc.oneof(scalar, fc.array(line, { maxLength: 2 }))), { maxKeys: 5 }),
    fc.record({ type: fc.constantFrom('duckdb', 'postgres', 'null', 'y'), name: rare(given(line)) }),
  )
  .map(([details, named]) => ({ ...details, ...named }))

const seconds = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 60, noNaN: true }))
const simulation = fc.record(
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
const schedule = fc.record(
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

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('Build', 'Test', 'Production', 'a/b', 'Build/Test') },
  { weight: 1, arbitrary: line },
)
/** Which of the document's things is meant, and whether by its id, if it has one. */
const reference = rare(fc.record({ index: fc.nat(), byId: fc.boolean() }))
const flag = rare(given(fc.boolean()))

const job = fc.record({
  id: rare(given(id)),
  name,
  description: rare(given(text)),
  engine: rare(given(fc.constantFrom('dbt', 'simulated'))),
  dbt_version: rare(given(line)),
  execute_steps: fc.array(
    fc.oneof(
      fc.constant('dbt build'),
      line.map((words) => joinWords(['dbt', 'run', '--select', words])),
    ),
    { maxLength: 3 },
  ),
  settings: rare(given(fc.record({ threads: rare(given(id)), target_name: rare(given(line)) }))),
  execution: rare(given(fc.record({ timeout_seconds: rare(given(fc.nat(10_000))) }))),
  triggers: rare(
    given(fc.record({ schedule: flag, github_webhook: flag, git_provider_webhook: flag, on_merge: flag })),
  ),
  schedule: rare(given(schedule)),
  generate_docs: flag,
  run_generate_sources: flag,
  run_compare_changes: flag,
  compare_changes_flags: rare(given(text)),
  run_lint: flag,
  errors_on_lint_failure: flag,
  job_type: rare(given(fc.constantFrom('ci', 'merge', 'scheduled', 'other'))),
  deferringJob: reference,
  deferringEnvironment: reference,
  awaited: reference,
  statuses: fc.uniqueArray(fc.constantFrom(10, 20, 30), { minLength: 1 }),
  lifecycle_webhooks: flag,
  lifecycle_webhooks_url: rare(given(fc.webUrl({ withQueryParameters: true, withFragments: true }))),
  triggers_on_draft_pr: flag,
  cost_optimization_features: rare(given(fc.array(line, { maxLength: 2 }))),
  environment_variables: variables,
  simulation: rare(given(simulation)),
})

const warehouse = fc.oneof(
  fc.record({ profile: given(fc.record({ name: rare(given(line)), target: rare(given(line)) })) }),
  fc.record({
    connection,
    credentials: rare(given(fc.dictionary(detailName, given(scalar), { maxKeys: 3 }))),
    profile: rare(fc.record({ target: line })),
  }),
)

const environmentFields = fc.record({
  id: rare(given(id)),
  name,
  type: rare(given(fc.constantFrom('deployment', 'development'))),
  deployment_type: rare(given(fc.constantFrom('production', 'staging'))),
  engine: rare(given(fc.constantFrom('dbt', 'simulated'))),
  dbt: rare(given(fc.record({ command: rare(given(fc.constantFrom('dbt', '/opt/dbt', '/opt/../x/dbt'))) }))),
  dbt_version: rare(given(line)),
  custom_branch: rare(given(line)),
  environment_variables: variables,
  max_parallel_runs: rare(given(id)),
  run_as: fc.constantFrom(undefined, null),
  simulation: rare(given(simulation)),
  jobs: rare(given(fc.array(job, { maxLength: 4 }))),
})

const environment = fc.tuple(environmentFields, warehouse).map(([fields, where]) => ({ ...fields, ...where }))

const code = fc.oneof(
  fc.record({ path: fc.constantFrom(null, '/srv/shop', '/srv/shop/', '/srv/../x', '/srv/~', '/srv/été ☕') }),
  fc.record({
    git: fc.record({
      url: fc.constantFrom('https://example.com/a.git', 'git@example.com:t/a.git', 'file:///srv/a', '/srv/a/'),
      branch: rare(given(fc.constantFrom('main', 'null', '1.10', 'a/b', '#1'))),
    }),
  }),
)

const project = fc
  .tuple(
    fc.record({
      id: rare(given(id)),
      name: fc.oneof(fc.constantFrom('Shop', 'Tea', 'a/b'), line),
      description: rare(given(text)),
      subdirectory: rare(given(fc.constantFrom('dbt', 'dbt/', 'a b', 'null'))),
      environment_variables: variables,
      environments: rare(given(fc.array(environment, { maxLength: 3 }))),
    }),
    code,
  )
  .map(([fields, where]) => ({ ...fields, ...where }))

interface Named {
  readonly name: string
  readonly id?: number | null | undefined
}

/** An own name for each of a parent's children, and an own id for each thing of a kind, as documents have to have. */
function distinct<T extends Named>(list: readonly T[] | null | undefined, ids: Set<number>): T[] {
  const names = new Set<string>()
  return (list ?? []).filter(({ name, id }) => {
    if (names.has(name) || (id && ids.has(id))) return false
    names.add(name)
    if (id) ids.add(id)
    return true
  })
}

export const generatedDocument = fc
  .record({
    account: rare(
      given(fc.record({ id: rare(given(fc.constant(1))), name: rare(given(line)), run_slots: rare(given(id)) })),
    ),
    projects: fc.array(project, { maxLength: 3 }),
  })
  .map(({ account, projects }) => {
    const [projectIds, environmentIds, jobIds] = [new Set<number>(), new Set<number>(), new Set<number>()]
    const known = distinct(projects, projectIds).map((each) => ({
      ...each,
      environments: distinct(each.environments, environmentIds).map((one) => ({
        ...one,
        jobs: distinct(one.jobs, jobIds),
      })),
    }))
    const environments = known.flatMap((each) =>
      each.environments.map((one) => ({ id: one.id, names: [each.name, one.name] })),
    )
    const jobs = known.flatMap((each) =>
      each.environments.flatMap((one) => one.jobs.map(({ id, name }) => ({ id, names: [each.name, one.name, name] }))),
    )
    let before = 0
    const referring = ({
      deferringJob,
      deferringEnvironment,
      awaited,
      statuses,
      ...fields
    }: (typeof known)[number]['environments'][number]['jobs'][number]) => {
      // A job waits for one that stands above it: no two wait for each other.
      const condition = referTo(jobs.slice(0, before), awaited, 'job', 'job_id')
      before += 1
      return {
        ...fields,
        ...referTo(jobs, deferringJob, 'deferring_job', 'deferring_job_definition_id'),
        ...referTo(environments, deferringEnvironment, 'deferring_environment', 'deferring_environment_id'),
        ...(condition && { job_completion_trigger_condition: { condition: { ...condition, statuses } } }),
      }
    }
    // As the wire carries it.
    return asJson({
      account,
      projects: known.map((each) => ({
        ...each,
        environments: each.environments.map((one) => ({ ...one, jobs: one.jobs.map(referring) })),
      })),
    })
  })

function referTo(
  things: readonly { readonly id?: number | null | undefined; readonly names: readonly string[] }[],
  reference: { readonly index: number; readonly byId: boolean } | undefined,
  nameKey: string,
  idKey: string,
): Record<string, string | number> | undefined {
  const thing = reference && things[reference.index % things.length]
  if (thing === undefined) return undefined
  return reference?.byId && thing.id ? { [idKey]: thing.id } : { [nameKey]: thing.names.join('/') }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
