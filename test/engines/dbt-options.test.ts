import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import type { DbtOption } from '../../src/domain/dbt-command/dbt-options.ts'
import { leadingOptions, subcommands } from '../../src/domain/dbt-command/dbt-subcommands.ts'
import { realDbt } from './engine-harness.ts'

// What dbt's own command line declares: the words before a subcommand, then each subcommand's.
const program = `
import click, json
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

print(json.dumps(list(described(cli, ""))))
`

const declared = z.array(
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
)

test('the options that Stratus knows are those of the installed dbt', async () => {
  const python = path.join(path.dirname(await realDbt()), 'python')
  const { stdout } = await promisify(execFile)(python, ['-c', program])
  const all = declared.parse(JSON.parse(stdout))
  const own = all.filter(({ group }) => !group)
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
