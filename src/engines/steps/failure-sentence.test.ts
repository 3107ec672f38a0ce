import { oneLine } from '../../util/text/one-line.ts'
import { type Failure, failureSentence } from './failure-sentence.ts'

function failure(changes: Partial<Failure>): Failure {
  return { type: 'model', name: 'orders', file: 'models/orders.sql', isFinding: false, reason: '', ...changes }
}

test.each<[string, Partial<Failure>, string]>([
  [
    'what dbt says with kind and place',
    { reason: 'Database Error in model orders (models/orders.sql)\n  no table' },
    'Database Error in model orders (models/orders.sql): no table',
  ],
  ['what it says without', { reason: 'no table' }, 'Error in model orders (models/orders.sql): no table'],
  [
    'a test',
    { type: 'unit test', name: 'adds', file: './models/m.yml', isFinding: true, reason: '\n\nactual differs' },
    'Failure in unit test adds (models/m.yml): actual differs',
  ],
  [
    'a hook',
    {
      type: 'operation',
      name: 'shop-on-run-start-0',
      file: './dbt_project.yml',
      reason: 'shop.on-run-start.0 failed, error:\n Catalog Error: no table',
    },
    'Error in hook shop.on-run-start.0 (dbt_project.yml): Catalog Error: no table',
  ],
  ['nothing', { file: undefined }, 'Error in model orders'],
])('%s', (_, changes, sentence) => {
  expect(failureSentence([failure(changes)])).toBe(sentence)
})

test('three are named, each with its reason, and how many more', () => {
  const failures = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    failure({ name, file: `${name}.sql`, reason: `${name} broke` }),
  )
  expect(failureSentence(failures)).toBe(
    'Error in model a (a.sql): a broke; Error in model b (b.sql): b broke; Error in model c (c.sql): c broke … and 2 more',
  )
})

test('however long the reasons are, the sentence is short', () => {
  const failures = ['a', 'b', 'c'].map((name) => failure({ name, reason: 'x y '.repeat(100_000) }))
  expect(failureSentence(failures).length).toBeLessThan(1000)
})

test.each([
  [
    'Encountered an error:\nRuntime Error\n  Compilation Error in sql_operation q (from system)\n    no macro',
    'Compilation Error in sql_operation q (from system): no macro',
  ],
  [
    'Parsing Error\n  Error reading shop: bad.yml - Runtime Error\n    Syntax error near line 4\n  ---',
    'Parsing Error: Error reading shop: bad.yml - Runtime Error: Syntax error near line 4',
  ],
  [
    'Runtime Error in model py (models/py.py)\n  Python model failed:\n  Traceback (most recent call last):\n' +
      '    File "environment.py", line 286, in run_python_job\n      df = model(dbt, con)\n           ^^^^^\n  ValueError: no rates',
    'Runtime Error in model py (models/py.py): Python model failed: ValueError: no rates',
  ],
  [
    'Python model failed:\nTraceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\n\n' +
      'During handling of the above exception, another exception occurred:\n\n' +
      'Traceback (most recent call last):\n  File "b.py", line 2\nValueError: no rates',
    'Python model failed: ValueError: no rates',
  ],
  [
    'Encountered an error while running operation: Runtime Error\n  Catalog Error: no table',
    'Runtime Error: Catalog Error: no table',
  ],
])('an error that wraps another says what it is: %j', (text, line) => {
  expect(oneLine(text)).toBe(line)
})
