import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import { commandProblem } from '../../src/domain/dbt-command/command-problem.ts'
import type { DbtOption } from '../../src/domain/dbt-command/dbt-options.ts'
import { leadingOptions, subcommands } from '../../src/domain/dbt-command/dbt-subcommands.ts'
import { splitCommand } from '../../src/domain/dbt-command/split-command.ts'
import { realDbt } from './support/engine-harness.ts'

// dbt's own command line declares the words before a subcommand, then each subcommand's.
const program = `
import click, json, sys
from dbt.cli.main import cli

def described(command, name):
    options, words = [], 0
    for param in command.params + [click.Option(["--help", "-h"], is_flag=True)]:
        if isinstance(param, click.Argument):
            words += 1
            continue
        takes = "nothing" if param.is_flag else "words" if type(param).__name__ == "MultiOption" else "a value"
        options.append({"spellings": param.opts, "negations": param.secondary_opts, "takes": takes})
    yield {"name": name, "options": options, "words": words, "group": isinstance(command, click.Group)}
    for below, subcommand in getattr(command, "commands", {}).items():
        yield from described(subcommand, f"{name} {below}".strip())

def accepts(args):
    # Parsed as dbt parses it, and not run.
    try:
        context, command = cli.make_context("dbt", args), cli
        while isinstance(command, click.Group):
            rest = context._protected_args + context.args
            if not rest:
                return False
            name, command, rest = command.resolve_command(context, rest)
            context = command.make_context(name, rest, parent=context)
        return True
    except (click.exceptions.UsageError, click.exceptions.Exit):
        return False

print(json.dumps({
    "commands": list(described(cli, "")),
    "accepted": [accepts(args) for args in json.load(sys.stdin)],
}))
`

const commands = [
  'dbt build -xd -fs a b --exclude c',
  'dbt -q --warn-error run -sa',
  'dbt run --select=a --no-partial-parse --threads=2',
  'dbt run --select a -- --threads',
  'dbt source freshness -o target/x.json',
  'dbt docs generate --static',
  "dbt run-operation grant --args '{a: 1}'",
  'dbt --target x --defer build --state target',
  'dbt run --sel a',
  'dbt run --selct a',
  'dbt run -z',
  'dbt run -xz',
  'dbt --select a run',
  'dbt --threads 2 run',
  'dbt run --full-refresh=yes',
  'dbt run a',
  'dbt run-operation',
  'dbt run-operation grant now',
  'dbt seed --empty',
  'dbt ls --full-refresh',
  'dbt docs',
  'dbt docs genrate',
  'dbt biuld',
  'dbt build --select',
  'dbt --warn-error',
]

const declared = z.object({
  accepted: z.array(z.boolean()),
  commands: z.array(
    z.object({
      name: z.string(),
      group: z.boolean(),
      words: z.number(),
      options: z.array(
        z.object({
          spellings: z.array(z.string()),
          negations: z.array(z.string()),
          takes: z.enum(['nothing', 'a value', 'words']),
        }),
      ),
    }),
  ),
})

test('the options that Stratus knows are those of the installed dbt, and it takes the same commands', async () => {
  const python = path.join(path.dirname(await realDbt()), 'python')
  const asking = promisify(execFile)(python, ['-c', program], {
    env: { PATH: process.env.PATH, DBT_PROFILES_DIR: import.meta.dirname },
  })
  // The last line is the answer; dbt's own words come before it.
  asking.child.stdin?.end(JSON.stringify(commands.map((command) => splitCommand(command).slice(1))))
  const { commands: all, accepted } = declared.parse(JSON.parse((await asking).stdout.trim().split('\n').at(-1) ?? ''))
  const own = all.filter(({ group }) => !group)
  const isTaken = (command: string) => commandProblem(command, { dbt: 'as known', roots: [] }) === undefined
  expect(commands.map((command) => [command, isTaken(command)])).toEqual(
    commands.map((command, index) => [command, accepted[index]]),
  )
  expect([...subcommands.keys()].sort()).toEqual(own.map(({ name }) => name).sort())
  for (const { name, options, words } of own) {
    const known = subcommands.get(name)
    expect({ name, words: known?.words, options: lines(known?.options ?? []) }).toEqual({
      name,
      words,
      options: lines(options),
    })
  }
  expect(lines(leadingOptions)).toEqual(lines(all.find(({ name }) => name === '')?.options ?? []))
}, 60_000)

function lines(options: readonly Pick<DbtOption, 'spellings' | 'negations' | 'takes'>[]): string[] {
  return options.map(({ spellings, negations, takes }) => [[...spellings].sort(), negations, takes].join(' ')).sort()
}
