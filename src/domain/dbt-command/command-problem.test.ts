import type { CommandPlace } from './command-place.ts'
import { commandProblem } from './command-problem.ts'

const here: CommandPlace = { dbt: 'as known', roots: ['/srv/states'] }
const newer: CommandPlace = { ...here, dbt: 'newer' }

test.each([
  'dbt build',
  'dbt build --select a b --exclude c',
  'dbt --log-level debug run',
  'dbt -xd --warn-error build -fs a',
  'dbt run-operation grant --args "{a: 1}"',
  'dbt run-operation grant --args --target-path',
  'dbt docs generate --static',
  'dbt source freshness --output fresh.json',
  'dbt source freshness -o target/fresh.json',
  'dbt ls --output json',
  'dbt clean --clean-project-files-only',
  'dbt deps --upgrade',
  'dbt build -s state:modified+ --defer --state prev --favor-state',
  'dbt build --state=./prev/../other',
  'dbt build --threads 1024 --printer-width 1',
  'dbt build --state /srv/states/prod --defer-state /srv/states',
  `dbt build --select ${'a_model_of_ours '.repeat(800)}`,
  `dbt build --vars '${'x'.repeat(131_071)}'`,
])('nothing is wrong with `%.60s`', (command) => {
  expect([commandProblem(command, here), commandProblem(command, newer)]).toEqual([undefined, undefined])
})

test.each([
  'dbt run --option-of-a-newer-dbt value and more',
  'dbt --option-of-a-newer-dbt build',
  'dbt build -Z',
  'dbt system install-drivers',
  'dbt state show',
])('`%s` is for a newer dbt alone', (command) => {
  expect(commandProblem(command, newer)).toBeUndefined()
  expect(commandProblem(command, here)).toMatch(/which is no option that|is no command of dbt/)
  expect(commandProblem(command, { ...here, dbt: 'unknown' })).toMatch(
    /if the environment's dbt is newer, say so in its dbt_version\.$/,
  )
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
  [
    'dbt run --selct x',
    '`dbt run --selct x` has --selct, which is no option that `dbt run` has. Did you mean --select?',
  ],
  [
    'dbt run --selct=x',
    '`dbt run --selct=x` has --selct, which is no option that `dbt run` has. Did you mean --select?',
  ],
  ['dbt run --sel x', '`dbt run --sel x` has --sel, which is no option that `dbt run` has. Did you mean --select?'],
  ['dbt run -xz', '`dbt run -xz` has -z, which is no option that `dbt run` has.'],
  [
    'dbt --fail-fats run',
    '`dbt --fail-fats run` has --fail-fats, which is no option that dbt takes before `run`. Did you mean --fail-fast?',
  ],
  ['dbt --select x run', '`dbt --select x run` has --select before `run`, and dbt takes it only behind.'],
  ['dbt run --full-refresh=yes', '`dbt run --full-refresh=yes` gives --full-refresh a value, and it takes none.'],
  ['dbt -h', '`dbt -h` has the option -h, with which dbt does nothing but print.'],
  ['dbt run -xh', '`dbt run -xh` has the option -h, with which dbt does nothing but print.'],
  ['dbt init shop', '`dbt init shop` makes a new project, and a step works in the one that it has.'],
  [
    'DBT_TARGET_PATH=/tmp dbt run',
    '`DBT_TARGET_PATH=/tmp dbt run` is not a dbt command. A step can only run commands that begin with `dbt`.',
  ],
  ['dbt docs serve', '`dbt docs serve` serves pages until it is stopped, so its run would never end.'],
  ['dbt build --select', '`dbt build --select` ends after --select, which needs a value.'],
  ['dbt run-operation', '`dbt run-operation` ends before the word that `dbt run-operation` needs.'],
  ['dbt run orders', '`dbt run orders` has the word `orders`, which belongs to no option of `dbt run`.'],
  [
    'dbt run-operation grant now',
    '`dbt run-operation grant now` has the word `now`, which belongs to no option of `dbt run-operation`.',
  ],
])('%j is refused', (command, problem) => {
  expect(commandProblem(command, here)).toBe(problem)
})

test.each([
  ['dbt seed && dbt run', '`&&` in it'],
  ['dbt build; rm -rf /', '`;` in it'],
  ['dbt build;', '`;` in it'],
  ['dbt run -s a || true', '`||` in it'],
  ['dbt ls -s a | grep b', '`|` in it'],
  ['dbt ls -s a > /tmp/models', '`>` in it'],
  ['dbt ls -s a 2>>/tmp/models', '`>>` in it'],
  ['dbt run --args < file', '`<` in it'],
  ['dbt run -s a &', '`&` in it'],
  ['dbt run -s `cat models`', '``` in it'],
  ['dbt run -s $(cat models)', '`$(` in it'],
  ["dbt run --vars 'a: 1'; id", '`;` in it'],
  ['dbt run -s a\ndbt test', 'another `dbt` on a line of its own'],
])('a command is not for a shell: %j', (command, found) => {
  const sentence = `${command}\` has ${found}: a step is one dbt command and not a shell's. Give each command a step of its own, and put what belongs to a value in quotes.`
  for (const place of [here, newer]) expect(commandProblem(command, place)).toContain(sentence)
})

test.each([
  `dbt run --vars '{"since": ">2020", "cmd": "a; b && $(c) | \`d\`"}'`,
  "dbt run --vars \"{since: '>2020', both: 'a;b'}\"",
  'dbt show --inline "select * from `p`.`t` where a > 1 and b < 2"',
  'dbt run -s a\\;b',
  'dbt build\n  --select dbt_utils\n  --full-refresh',
  'dbt build --select +a+ @b,tag:c 1+d *e path:m/n',
])('in quotes these are of a value: %s', (command) => {
  expect(commandProblem(command, here)).toBeUndefined()
})

test.each([
  ['--target-path', 'dbt run --target-path x'],
  ['--log-path', 'dbt --log-path=x run'],
  ['--profiles-dir', 'dbt run --profiles-dir .'],
  ['--project-dir', 'dbt run --project-dir .'],
  ['--project-dir', 'dbt --project-dir . run'],
  ['--packages-install-path', 'dbt deps --packages-install-path=/tmp'],
  ['--log-format', 'dbt run --log-format text'],
  ['--log-format-file', 'dbt run --log-format-file json'],
  ['--log-level-file', 'dbt run --log-level-file none'],
])('a command may not set %s: %s', (option, text) => {
  const sentence = `\`${text}\` sets ${option}, which Stratus sets itself. Remove it from the command.`
  expect([commandProblem(text, here), commandProblem(text, newer)]).toEqual([sentence, sentence])
})

test.each([
  ['dbt deps --add-package /any/folder --source local', 'adds a package to the project'],
  ['dbt deps --add-package=dbt-labs/dbt_utils@1.1.1', 'adds a package to the project'],
  ['dbt clean --no-clean-project-files-only', 'lets dbt remove what is outside of the project'],
  ['dbt debug --config-dir', 'opens a folder on a screen'],
  ['dbt --record-timing-info /tmp/x run', 'writes a file'],
  ['dbt run -xr/tmp/x', 'writes a file'],
  ['dbt docs serve --host 0.0.0.0 --port 8080', 'serves pages'],
  ['dbt --quiet docs serve', 'serves pages'],
  ['dbt -q init', 'makes a new project'],
  [
    'dbt build --state /var/lib/stratus',
    'names /var/lib/stratus with --state, expected a path in the project, or a folder below /srv/states.',
  ],
  ['dbt build --state /srv/states/../data', 'names /srv/states/../data with --state'],
  ['dbt build --state ../other', 'names ../other with --state'],
  ['dbt --defer-state=prev/../../x build', 'names prev/../../x with --defer-state'],
  ['dbt source freshness -o/etc/x', 'names /etc/x with --output, expected a path in the project.'],
  ['dbt source freshness --output /srv/states/x', 'names /srv/states/x with --output'],
])('no step may do this, whatever its dbt is: %s', (command, reason) => {
  for (const place of [here, newer, { ...here, dbt: 'unknown' as const }]) {
    expect(commandProblem(command, place)).toContain(`\`${command}\` ${reason}`)
  }
})

test.each([
  ['dbt run --threads 999999', '--threads', '999999', 1024],
  ['dbt build --threads=0', '--threads', '0', 1024],
  ['dbt test --threads 1_000_000', '--threads', '1_000_000', 1024],
  ['dbt seed --threads -1', '--threads', '-1', 1024],
  ['dbt run --threads 4 --threads 1025', '--threads', '1025', 1024],
  ['dbt --printer-width 10000000 run', '--printer-width', '10000000', 1000],
  ['dbt run --printer-width 80.5', '--printer-width', '80.5', 1000],
])('a number that would harm the worker is refused, whatever its dbt is: %s', (command, option, given, most) => {
  const sentence = `\`${command}\` gives ${option} the value ${given}, expected a whole number from 1 to ${most}.`
  for (const place of [here, newer, { ...here, dbt: 'unknown' as const }]) {
    expect(commandProblem(command, place)).toBe(sentence)
  }
})

test.each([
  ['dbt --some-value run --threads 5000', 'gives --threads the value 5000'],
  ['dbt --some-value run --threads=5000', 'gives --threads the value 5000'],
  ['dbt ls --threads 5000', 'gives --threads the value 5000'],
  ['dbt --some-value build docs serve', 'has `serve`, and with that word dbt serves pages'],
  ['dbt --some-value build init', 'has `init`'],
  ['dbt --flag init', 'makes a new project'],
  ['dbt run --some-value run --select --project-dir=/x', 'sets --project-dir'],
  ['dbt run --new-dir /x', 'has --new-dir, which names a folder'],
  ['dbt login', 'asks a person'],
  ['dbt lsp', 'serves an editor'],
  ['dbt system update', 'changes the installed dbt'],
])('a newer dbt may read it otherwise, and none of its readings may do harm: %s', (command, reason) => {
  expect(commandProblem(command, newer)).toContain(reason)
})

test('what is longer than the system takes is refused, and the sentence is short', () => {
  expect(commandProblem(`dbt build --vars '${'x'.repeat(131_072)}'`, here)).toBe(
    'The command has an argument of 131,072 bytes; no program can be given one of more than 131,071.',
  )
  expect(commandProblem(`dbt build --vars '${'ä'.repeat(70_000)}'`, here)).toContain('140,000 bytes')
  expect(commandProblem(`dbt build -s ${'a_model '.repeat(70_000)}`, here)).toMatch(
    /^The arguments of the command take 1,\d{3},\d{3} bytes; no program can be given more than 1,048,576\.$/,
  )
  expect(commandProblem(`dbt "${'x'.repeat(200_000)}`, here)?.length).toBeLessThan(1000)
})

test.each([
  [`dbt build -${'x'.repeat(131_000)}`, undefined],
  [`dbt build -${'z'.repeat(131_000)}`, 'has -z, which is no option'],
  [`dbt build --${'z'.repeat(131_000)}`, 'which is no option'],
  [`dbt build${' --selct'.repeat(100_000)}`, 'The arguments of the command take 1,600,014 bytes'],
  [`dbt build${' --x'.repeat(80_000)}`, 'has --x, which is no option'],
  [`dbt build${' -s a'.repeat(200_000)}`, 'The arguments of the command take'],
  [`dbt build${'\n'.repeat(900_000)}`, undefined],
  [`dbt build -s '${'x'.repeat(900_000)}`, 'has an open quote'],
])('a command as long as its request may be is judged at once: %.30s', (command, problem) => {
  expect(commandProblem(command, here)).toEqual(problem && expect.stringContaining(problem))
})
