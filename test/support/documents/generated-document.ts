import fc from 'fast-check'
import { joinWords } from '../../../src/domain/dbt-command/split-command.ts'
import {
  connection,
  detailName,
  flag,
  given,
  id,
  line,
  name,
  rare,
  reference,
  scalar,
  schedule,
  simulation,
  text,
  variables,
} from './document-parts.ts'

/* Documents of every shape that stratus.yml has, most of which `apply` accepts. */

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
    // The wire carries it in this form.
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
