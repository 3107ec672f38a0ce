import { canBeResumed } from './can-be-resumed.ts'

test.each([
  ['dbt build', true],
  ['dbt --warn-error run -s x', true],
  ['dbt --target prod build', true],
  ['dbt --log-level debug build', true],
  [`dbt --warn-error-options '{"error": ["NothingToDo"]}' run`, true],
  ['dbt docs generate', true],
  ['dbt source freshness', false],
  ['dbt ls -s build', false],
  ['dbt', false],
  ['dbt "build', false],
])('dbt retry knows how to resume %s: %s', (command, expected) => {
  expect(canBeResumed(command)).toBe(expected)
})
