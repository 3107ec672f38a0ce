import { variableProblem } from './variable-problem.ts'

const roots = ['/srv/states']

test.each([
  ['DBT_STATE', '/etc', 'names /etc with DBT_STATE, expected a path in the project, or a folder below /srv/states.'],
  ['DBT_ENGINE_STATE', '../other', 'names ../other with DBT_ENGINE_STATE'],
  ['DBT_DEFER_STATE', '/srv/states/../data', 'names /srv/states/../data with DBT_DEFER_STATE'],
  ['DBT_ENGINE_DEFER_STATE', '/', 'names / with DBT_ENGINE_DEFER_STATE'],
  ['DBT_ARTIFACT_STATE_PATH', '/etc', 'names /etc with DBT_ARTIFACT_STATE_PATH'],
  [
    'DBT_PRINTER_WIDTH',
    '10000000',
    'gives DBT_PRINTER_WIDTH the value 10000000, expected a whole number from 1 to 1000.',
  ],
])('%s=%s is refused', (name, value, reason) => {
  expect(variableProblem(name, value, roots)).toContain(`An environment variable ${reason}`)
})

test.each([
  ['DBT_STATE', 'prev'],
  ['DBT_STATE', ''],
  ['DBT_DEFER_STATE', '/srv/states/prod'],
  ['DBT_PRINTER_WIDTH', '120'],
  ['DBT_STATE_OF_MIND', '/etc'],
  ['STATE', '/etc'],
])('%s=%s is not', (name, value) => {
  expect(variableProblem(name, value, roots)).toBeUndefined()
})
