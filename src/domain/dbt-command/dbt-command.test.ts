import * as fc from 'fast-check'
import { flagOf, optionOf, parseDbtCommand, withThreadsOption, wordsOf } from './dbt-command.ts'
import { joinWords } from './split-command.ts'

test.each([
  ['dbt build', 'build'],
  ['dbt --warn-error run -s build', 'run'],
  ['dbt --log-level debug build', 'build'],
  ['dbt --target prod build', 'build'],
  ['dbt --target=prod -qx build', 'build'],
  ['dbt -tprod build', 'build'],
  [`dbt --warn-error-options '{"error": ["NothingToDo"]}' run`, 'run'],
  ['dbt --state build run', 'run'],
  ['dbt docs generate --no-compile', 'docs generate'],
  ['dbt docs --target prod generate', 'docs generate'],
  ['dbt source freshness', 'source freshness'],
  ['dbt --newer build', 'build'],
  ['dbt --newer value build', 'build'],
  ['dbt --newer=value build', 'build'],
  ['dbt -- build', 'build'],
  ['dbt docs', 'docs'],
  ['dbt biuld', 'biuld'],
  ['dbt', undefined],
  ['dbt --version', undefined],
])('the subcommand of `%s` is %s', (text, subcommand) => {
  expect(parseDbtCommand(text).subcommand).toBe(subcommand)
})

test.each([
  ['dbt run --target prod', 'prod'],
  ['dbt run --target=prod', 'prod'],
  ['dbt run -t prod', 'prod'],
  ['dbt run -tprod', 'prod'],
  ['dbt run -xt prod', 'prod'],
  ['dbt -t prod run', 'prod'],
  ['dbt run --target dev -t prod', 'prod'],
  ['dbt run --target-path-like x', undefined],
  ['dbt run --vars --target', undefined],
  ['dbt run -s -t prod', undefined],
  ['dbt run -s model -t prod', 'prod'],
  ['dbt run-operation grant -- --target prod', undefined],
  ['dbt run', undefined],
])('`%s` names the target %s', (text, target) => {
  expect(optionOf(parseDbtCommand(text), '--target')).toBe(target)
})

test.each([
  ['dbt build --select a b --exclude c', ['a', 'b']],
  ['dbt build --select=a b', ['a', 'b']],
  ['dbt build -sa b -m c --models d --model e', ['a', 'b', 'c', 'd', 'e']],
  ['dbt build --select "a b" "c d"', ['a', 'b', 'c d']],
  ['dbt build -s', []],
  ['dbt build', undefined],
])('`%s` selects %j', (text, words) => {
  expect(wordsOf(parseDbtCommand(text), '--select')).toEqual(words)
})

test.each([
  ['dbt run -x', true],
  ['dbt run -fx', true],
  ['dbt run --fail-fast --no-fail-fast', false],
  ['dbt --fail-fast run', true],
  ['dbt run', undefined],
])('`%s` is to fail fast: %s', (text, expected) => {
  expect(flagOf(parseDbtCommand(text), '--fail-fast')).toBe(expected)
})

test.each([
  ['dbt run', ['run', '--threads', '8']],
  ['dbt run --threads 2', ['run', '--threads', '2']],
  ['dbt run --threads=2', ['run', '--threads=2']],
  ['dbt --log-level debug run -s a', ['--log-level', 'debug', 'run', '--threads', '8', '-s', 'a']],
  ['dbt run-operation grant -- x', ['run-operation', '--threads', '8', 'grant', '--', 'x']],
  ['dbt source freshness', ['source', 'freshness', '--threads', '8']],
  ['dbt deps', ['deps']],
  ['dbt ls', ['ls']],
  ['dbt debug', ['debug']],
])('eight threads make of `%s` %j', (text, args) => {
  expect(withThreadsOption(parseDbtCommand(text), 8).args).toEqual(args)
})

test('only dbt is a command', () => {
  expect(() => parseDbtCommand('dbtx build')).toThrow('`dbtx build` is not a dbt command.')
  expect(() => parseDbtCommand(' ')).toThrow('The command is empty.')
})

const word = fc.stringMatching(/^[^-\0][^\0]{0,12}$/u)

test('what stands in a command is found in it, however it is written and whatever else stands there', () => {
  const spelt = (value: string) =>
    fc.constantFrom(['--vars', value], [`--vars=${value}`]).map((words) => ({ name: '--vars', value, words }))
  const flags = fc.subarray(['--full-refresh', '-x', '--no-partial-parse', '-q'])
  const command = fc.record({
    before: flags,
    after: flags,
    vars: word.chain(spelt),
    selected: fc.array(
      word.filter((text) => !text.includes(' ')),
      { minLength: 1, maxLength: 4 },
    ),
  })
  void fc.assert(
    fc.property(command, ({ before, after, vars, selected }) => {
      const args = [...before, 'build', ...vars.words, ...after, '-s', ...selected]
      const parsed = parseDbtCommand(joinWords(['dbt', ...args]))
      expect(parsed.args).toEqual(args)
      expect(parsed.subcommand).toBe('build')
      expect(optionOf(parsed, '--vars')).toBe(vars.value)
      expect(wordsOf(parsed, '--select')).toEqual(selected)
      expect(flagOf(parsed, '--fail-fast')).toBe([...before, ...after].includes('-x') || undefined)
      expect(parsed.words).toEqual([])
    }),
  )
})

test('no arguments at all make it fail', () => {
  const argument = fc.oneof(word, fc.string(), fc.constantFrom('--', '-', '--select', '-s', 'docs', 'build', '--x=y'))
  void fc.assert(
    fc.property(fc.array(argument), (args) => {
      const parsed = parseDbtCommand(joinWords(['dbt', ...args]))
      expect(withThreadsOption(parsed, 2).subcommand).toBe(parsed.subcommand)
    }),
  )
})
