import path from 'node:path'
import { shorten } from '../../util/text/one-line.ts'
import type { DbtCommand } from './dbt-command.ts'
import { type DbtOption, options } from './dbt-options.ts'
import type { OptionUse } from './read-arguments.ts'

/*
 * No step may do these things, though its dbt could. Each reason goes on where a command was named: "`dbt init` makes …".
 */

export const refusedSubcommands: ReadonlyMap<string, string> = new Map([
  ['docs serve', 'serves pages until it is stopped, so its run would never end.'],
  ['init', 'makes a new project, and a step works in the one that it has.'],
  ['login', 'asks a person to sign in.'],
  ['lsp', 'serves an editor until it is stopped, so its run would never end.'],
])

/** Stratus gives each run folders of its own and reads dbt's events: a command may not say otherwise. */
const owned = new Set([
  ...['--target-path', '--log-path', '--profiles-dir', '--project-dir', '--log-format', '--log-format-file'],
  ...['--log-level-file', '--log-file-max-bytes', '--partial-parse-file-path', '--packages-install-path'],
  ...['--otel-file-name', '--otel-parquet-file-name', '--internal-packages-install-path'],
])

/** With one of these dbt prints something and does nothing else. */
const printing = new Set(['--help', '--version', '-h', '-V', '-v'])

const harmful = new Map([
  ['--add-package', 'adds a package to the project, for all of its runs. Name it in the packages.yml of the project.'],
  ['--config-dir', 'opens a folder on a screen, and a server has none. Remove --config-dir from the command.'],
  [
    '--no-clean-project-files-only',
    'lets dbt remove what is outside of the project. Remove --no-clean-project-files-only from the command.',
  ],
  ['--record-timing-info', 'writes a file of its own choice. Remove --record-timing-info from the command.'],
])

/** Says why a command may not have this option; undefined if it may. One that dbt 1.11 does not know is known by its spelling. */
export function refusedOption({ option, spelling, isNegated }: OptionUse): string | undefined {
  const name = option === undefined || isNegated ? spelling : option.name
  if (owned.has(name)) return `sets ${name}, which Stratus sets itself. Remove it from the command.`
  if (printing.has(name)) return `has the option ${spelling}, with which dbt does nothing but print.`
  return harmful.get(name)
}

const states: ReadonlySet<unknown> = new Set([options.state, options.deferState, options.deprecatedState])

/** They are more than any project needs, and fewer than harm the worker: dbt makes each thread, and each column, that it is told. */
const largest: ReadonlyMap<string, number> = new Map([
  ['--threads', 1_024],
  ['--printer-width', 1_000],
])

/** Says why a value that an option has is none for a step. `called`: the name of the option, or of a variable that stands for it. */
export function refusedValue(
  { option, spelling, values = [] }: Pick<OptionUse, 'option' | 'spelling' | 'values'>,
  roots: readonly string[],
  called = option?.name ?? spelling,
): string | undefined {
  return refusedFolder(option, values, roots, called) ?? refusedNumber(option?.name ?? spelling, values, called)
}

/** Links in a project are the project's own. */
function refusedFolder(
  option: DbtOption | undefined,
  values: readonly string[],
  roots: readonly string[],
  called: string,
): string | undefined {
  const isState = states.has(option)
  if (!isState && option !== options.outputFile) return undefined
  const outside = values.find((value) => !isInside(value, isState ? roots : []))
  if (outside === undefined) return undefined
  const others = isState && roots.length > 0 ? `, or a folder below ${roots.join(', ')}` : ''
  return `names ${shorten(outside)} with ${called}, expected a path in the project${others}.`
}

function refusedNumber(name: string, [given]: readonly string[], called: string): string | undefined {
  const most = largest.get(name)
  if (most === undefined || given === undefined) return undefined
  const isWithin = /^\d{1,9}$/.test(given) && Number(given) >= 1 && Number(given) <= most
  return isWithin
    ? undefined
    : `gives ${called} the value ${shorten(given)}, expected a whole number from 1 to ${most}.`
}

/** A path without a root is dbt's to read from the project's folder. */
function isInside(given: string, roots: readonly string[]): boolean {
  const place = path.posix.normalize(given)
  if (!path.posix.isAbsolute(place)) return place !== '..' && !place.startsWith('../')
  return roots.some((root) => !path.posix.relative(root, place).startsWith('..'))
}

/** A newer dbt may read a command with unknown parts in another way than Stratus: then no reading of it may do harm. */
export function refusedInAnyReading({ args, subcommand, uses, words }: DbtCommand): string | undefined {
  for (const { spelling } of uses.filter(({ option }) => option === undefined)) {
    if (/-(dir|path|file|file-name|folder)$/.test(spelling)) {
      return `has ${spelling}, which names a folder or a file of its own choice. Remove it from the command.`
    }
  }
  for (const [position, arg] of args.entries()) {
    if (!arg.startsWith('--')) continue
    const spelling = arg.replace(/=.*/s, '')
    const value = spelling === arg ? args[position + 1] : arg.slice(spelling.length + 1)
    const use = { position, spelling, option: undefined, isNegated: false, values: value === undefined ? [] : [value] }
    const reason = refusedOption(use) ?? refusedValue(use, [])
    if (reason !== undefined) return reason
  }
  const uncertain = [
    ...[subcommand ?? '', ...words],
    ...uses.flatMap(({ option, values }) => (option === undefined ? (values ?? []) : [])),
  ]
  const ends = new Map([...refusedSubcommands].map(([name, reason]) => [name.split(' ').at(-1), reason]))
  const found = uncertain.find((word) => ends.has(word))
  if (found !== undefined) return `has \`${found}\`, and with that word dbt ${ends.get(found)}`
  // Drivers are libraries of a user; the other subcommands change the dbt of everybody.
  if (subcommand !== 'system' || words[0] === 'install-drivers') return undefined
  return 'changes the installed dbt, which is not that of one job alone.'
}
