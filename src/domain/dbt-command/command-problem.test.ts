import { commandProblem } from './command-problem.ts'

test.each([
  'dbt build',
  'dbt build --select a b --exclude c',
  'dbt --log-level debug run',
  'dbt run-operation grant --args "{a: 1}"',
  'dbt run-operation grant --args --target-path',
  'dbt docs generate --static',
  'dbt source freshness --output fresh.json',
  'dbt clean --no-clean-project-files-only',
  'dbt run --option-of-a-newer-dbt value and more',
  'dbt --option-of-a-newer-dbt build',
  'dbt system install-drivers',
  `dbt build --select ${'a_model_of_ours '.repeat(800)}`,
  `dbt build --vars '${'x'.repeat(131_071)}'`,
])('nothing is wrong with `%.60s`', (command) => {
  expect(commandProblem(command)).toBeUndefined()
})

test.each([
  ['', 'The command is empty.'],
  ['  \n', 'The command is empty.'],
  ['ls -la', '`ls -la` is not a dbt command. A step can only run commands that begin with `dbt`.'],
  ['dbt run -s "a', 'The command `dbt run -s "a` has an open quote (").'],
  ['dbt run \\', 'The command `dbt run \\` ends in a backslash, with nothing to escape.'],
  ['dbt run \0', 'The command has a character in it that no program can be given (NUL).'],
  ['dbt', '`dbt` has no subcommand, like `build` in `dbt build`.'],
  ['dbt --warn-error', '`dbt --warn-error` has no subcommand, like `build` in `dbt build`.'],
  ['dbt --version', '`dbt --version` has the option --version, with which dbt does nothing but print.'],
  ['dbt build -h', '`dbt build -h` has the option -h, with which dbt does nothing but print.'],
  ['dbt docs', '`dbt docs` has only half a subcommand, like `dbt docs generate`.'],
  ['dbt biuld -x', '`dbt biuld -x` is no command of dbt: there is no `dbt biuld`. Did you mean `dbt build`?'],
  [
    'dbt docs genrate',
    '`dbt docs genrate` is no command of dbt: there is no `dbt docs genrate`. Did you mean `dbt docs generate`?',
  ],
  ['dbt frobnicate', '`dbt frobnicate` is no command of dbt: there is no `dbt frobnicate`.'],
  ['dbt docs serve', '`dbt docs serve` serves pages until it is stopped, so its run would never end.'],
  ['dbt build --select', '`dbt build --select` ends after --select, which needs a value.'],
  [
    'dbt seed && dbt run',
    "`dbt seed && dbt run` has `&&` in it: a step is one dbt command and not a shell's. Give each command a step of its own.",
  ],
  ['dbt run orders', '`dbt run orders` has the word `orders`, which belongs to no option of `dbt run`.'],
  [
    'dbt run-operation grant now',
    '`dbt run-operation grant now` has the word `now`, which belongs to no option of `dbt run-operation`.',
  ],
])('%j is refused', (command, problem) => {
  expect(commandProblem(command)).toBe(problem)
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
  expect(commandProblem(text)).toBe(
    `\`${text}\` sets ${option}, which Stratus sets itself. Remove it from the command.`,
  )
})

test('what is longer than the system takes is refused, and the sentence is short', () => {
  expect(commandProblem(`dbt build --vars '${'x'.repeat(131_072)}'`)).toBe(
    'The command has an argument of 131,072 bytes; no program can be given one of more than 131,071.',
  )
  expect(commandProblem(`dbt build --vars '${'ä'.repeat(70_000)}'`)).toContain('140,000 bytes')
  expect(commandProblem(`dbt build -s ${'a_model '.repeat(70_000)}`)).toMatch(
    /^The arguments of the command take 1,\d{3},\d{3} bytes; no program can be given more than 1,048,576\.$/,
  )
  expect(commandProblem(`dbt "${'x'.repeat(200_000)}`)?.length).toBeLessThan(1000)
})
