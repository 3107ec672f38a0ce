import fc from 'fast-check'
import { joinWords } from '../../../src/domain/dbt-command/split-command.ts'
import { line, plainName, rare, text } from './arbitrary-words.ts'

export const schedule = fc.oneof(
  fc.constantFrom(
    { cron: '0 6 * * *' },
    { cron: '0 6 * * *', timezone: 'Asia/Kolkata' },
    { cron: '*/7 1-3 L * FRI' },
    { cron: '' },
  ),
  fc.record({
    cron: rare(fc.constantFrom('', '5 5 * * *')),
    date: fc.oneof(
      fc.record({ type: fc.constantFrom('every_day') }),
      fc.record({
        type: fc.constant('days_of_week'),
        days: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1 }),
      }),
      fc.record({
        type: fc.constantFrom('custom_cron', 'interval_cron'),
        cron: fc.constantFrom('1 2 3 4 5', '4 */2 * * 1'),
      }),
    ),
    time: fc.oneof(
      fc.record({ type: fc.constant('every_hour'), interval: rare(fc.integer({ min: 1, max: 23 })) }),
      fc.record({
        type: fc.constant('at_exact_hours'),
        hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1 }),
      }),
    ),
  }),
)

/** A command that can never run is refused; any words may stand where a selection does. */
const command = line.map((words) => joinWords(['dbt', 'run', '--select', words]))

export const job = fc.record({
  name: line,
  description: text,
  dbt_version: fc.option(plainName),
  execute_steps: fc.array(command, { maxLength: 4 }),
  settings: rare(
    fc.record({ threads: rare(fc.integer({ min: 1, max: 8 })), target_name: rare(fc.constantFrom('default', 'prod')) }),
  ),
  execution: rare(fc.record({ timeout_seconds: fc.nat(10_000) })),
  triggers: rare(
    fc.record({
      github_webhook: fc.boolean(),
      git_provider_webhook: fc.boolean(),
      on_merge: fc.boolean(),
      schedule: fc.constant(false),
    }),
  ),
  schedule: rare(schedule),
  job_type: rare(fc.constantFrom('ci', 'merge', 'scheduled', 'other', 'adaptive')),
  generate_docs: fc.boolean(),
  run_generate_sources: fc.boolean(),
  run_compare_changes: rare(fc.boolean()),
  compare_changes_flags: rare(line),
  errors_on_lint_failure: rare(fc.boolean()),
  lifecycle_webhooks_url: fc.option(fc.webUrl()),
  cost_optimization_features: rare(fc.uniqueArray(line, { maxLength: 2 })),
  stratus: rare(fc.record({ engine: fc.constantFrom('dbt', 'simulated', null) })),
})
