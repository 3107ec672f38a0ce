import { type DbtCommand, flagOf, optionOf, wordsOf } from '../../domain/dbt-command/dbt-command.ts'
import { StepFailure } from '../steps/step-failure.ts'
import type { Selection } from './graph/select-nodes.ts'

/** Only this much of a command is simulated. */
export interface SimulatedCommand extends Selection {
  /** dbt has this word for it in artifacts. */
  readonly which: string
  readonly kind: 'run nodes' | 'compile' | 'freshness' | 'list' | 'parse' | 'none'
  /** The resource types that it works on. */
  readonly types: ReadonlySet<string>
  readonly threads: number | undefined
  readonly failFast: boolean
  readonly fullRefresh: boolean
  readonly vars: string | undefined
  readonly remarks: readonly string[]
}

const built = ['model', 'seed', 'snapshot', 'test', 'unit_test', 'exposure']
const compiled = ['model', 'seed', 'snapshot', 'test', 'unit_test', 'analysis']

const commands = new Map<string, { which: string; kind: SimulatedCommand['kind']; types: readonly string[] }>([
  ['build', { which: 'build', kind: 'run nodes', types: built }],
  ['run', { which: 'run', kind: 'run nodes', types: ['model'] }],
  ['test', { which: 'test', kind: 'run nodes', types: ['test', 'unit_test'] }],
  ['seed', { which: 'seed', kind: 'run nodes', types: ['seed'] }],
  ['snapshot', { which: 'snapshot', kind: 'run nodes', types: ['snapshot'] }],
  ['compile', { which: 'compile', kind: 'compile', types: compiled }],
  ['docs generate', { which: 'generate', kind: 'compile', types: compiled }],
  ['source freshness', { which: 'freshness', kind: 'freshness', types: ['source'] }],
  ['ls', { which: 'list', kind: 'list', types: [...built, 'source', 'analysis'] }],
  ['list', { which: 'list', kind: 'list', types: [...built, 'source', 'analysis'] }],
  ['parse', { which: 'parse', kind: 'parse', types: [] }],
  ...['deps', 'debug', 'clean', 'run-operation', 'clone', 'show'].map(
    (name): [string, { which: string; kind: 'none'; types: string[] }] => [
      name,
      { which: name, kind: 'none', types: [] },
    ],
  ),
])

/** Throws a StepFailure for a command that dbt would refuse or that cannot be simulated. */
export function readCommand(command: DbtCommand): SimulatedCommand {
  const { subcommand } = command
  const known = commands.get(subcommand ?? '')
  if (known === undefined) {
    const name = subcommand === undefined ? `dbt ${command.args.join(' ')}`.trim() : `dbt ${subcommand}`
    throw new StepFailure(`\`${name}\` cannot be simulated. Give its job or environment the engine "dbt".`)
  }
  const select = wordsOf(command, '--select', '--models')
  const exclude = wordsOf(command, '--exclude')
  const threads = Number(optionOf(command, '--threads'))
  return {
    which: known.which,
    kind: known.kind,
    types: typesOf(command, known.types),
    ...(select && { select }),
    ...(exclude && { exclude }),
    indirect: indirectOf(optionOf(command, '--indirect-selection')),
    threads: Number.isInteger(threads) && threads > 0 ? threads : undefined,
    failFast: flagOf(command, '--fail-fast') ?? false,
    fullRefresh: flagOf(command, '--full-refresh') ?? false,
    vars: optionOf(command, '--vars'),
    remarks: ['--selector', '--defer', '--state', '--empty', '--sample']
      .filter((name) => command.uses.some(({ option }) => option?.name === name))
      .map(
        (name) => `Not simulated: the option ${name}.${name === '--selector' ? ' The whole project is taken.' : ''}`,
      ),
  }
}

function typesOf(command: DbtCommand, all: readonly string[]): ReadonlySet<string> {
  const only = wordsOf(command, '--resource-types')?.flatMap((word) => word.split(/\s+/))
  const without = wordsOf(command, '--exclude-resource-types')
  return new Set(
    all.filter((type) => only === undefined || only.includes(type)).filter((type) => !without?.includes(type)),
  )
}

function indirectOf(value: string | undefined): 'eager' | 'cautious' | 'empty' {
  return value === 'cautious' || value === 'empty' ? value : 'eager'
}
