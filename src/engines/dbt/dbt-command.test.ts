import { optionOf, parseDbtCommand, withThreadsOption } from './dbt-command.ts'

test.each([
  ['dbt build', 'build'],
  ['dbt --warn-error run -s build', 'run'],
  ['dbt docs generate --no-compile', 'docs generate'],
  ['dbt source freshness', 'source freshness'],
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
  ['dbt run --target dev -t prod', 'prod'],
  ['dbt run --target-path-like x', undefined],
  ['dbt run', undefined],
])('`%s` names the target %s', (text, target) => {
  expect(optionOf(parseDbtCommand(text), '--target', '-t')).toBe(target)
})

test.each([
  ['dbt run', ['run', '--threads', '8']],
  ['dbt run --threads 2', ['run', '--threads', '2']],
  ['dbt run --threads=2', ['run', '--threads=2']],
  ['dbt source freshness', ['source', 'freshness', '--threads', '8']],
  ['dbt deps', ['deps']],
  ['dbt ls', ['ls']],
  ['dbt debug', ['debug']],
])('eight threads make of `%s` %j', (text, args) => {
  expect(withThreadsOption(parseDbtCommand(text), 8).args).toEqual(args)
})

test.each([
  ['--target-path', 'dbt run --target-path x'],
  ['--log-path', 'dbt --log-path=x run'],
  ['--profiles-dir', 'dbt run --profiles-dir .'],
  ['--project-dir', 'dbt run --project-dir .'],
  ['--log-format', 'dbt run --log-format text'],
  ['--log-format-file', 'dbt run --log-format-file json'],
  ['--log-level-file', 'dbt run --log-level-file none'],
])('a command may not set %s', (option, text) => {
  expect(() => parseDbtCommand(text)).toThrow(
    `\`${text}\` sets ${option}, which Stratus sets itself. Remove it from the command.`,
  )
})

test('only dbt is a command', () => {
  expect(() => parseDbtCommand('dbtx build')).toThrow('`dbtx build` is not a dbt command.')
  expect(() => parseDbtCommand(' ')).toThrow('The command is empty.')
})
