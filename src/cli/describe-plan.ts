import type { Plan } from '../client/apply-api.ts'

type Entry = Plan['entries'][number]

const signs: Readonly<Record<Entry['action'], string>> = { create: '+', update: '~', delete: '-', unchanged: ' ' }
const actions = ['create', 'update', 'delete', 'unchanged'] as const

/** A plan as people read it: what changes, each with its keys, and a sum. */
export function describePlan({ entries, dry_run: dryRun, left_out: left }: Plan): string {
  const changed = entries.filter(({ action, note }) => action !== 'unchanged' || note !== null)
  const counts = actions.map((action) => entries.filter((entry) => entry.action === action).length)
  const [created = 0, updated = 0, deleted = 0, unchanged = 0] = counts
  const sum = dryRun
    ? `Would create ${created}, update ${updated}, delete ${deleted}; ${unchanged} unchanged. Nothing was changed.`
    : `Created ${created}, updated ${updated}, deleted ${deleted}; ${unchanged} unchanged.`
  return [...changed.flatMap(describeEntry), ...left.map(describeLeftOut), sum].join('\n')
}

/** Gives a line for each, with its place in the file. */
export function describeWarnings({ warnings }: Pick<Plan, 'warnings'>, locate: (message: string) => string): string[] {
  return warnings.map(({ path, message }) => `warning: ${locate(`${path}: ${message}`)}`)
}

/** Whoever removed a job from the file may think that it is gone. */
export function describeLeftOut({ kind, id, name, within, scheduled, prunable }: Plan['left_out'][number]): string {
  const place = [...within, name].join(' › ')
  const fate = prunable ? '--prune deletes it' : 'it stays as it is'
  return `  not in the file: ${kind} ${place} (id ${id})${scheduled ? ', scheduled' : ''}; ${fate}`
}

function describeEntry({ action, kind, id, name, within, changes, note }: Entry): string[] {
  const place = [...within, name].join(' › ')
  return [
    `${signs[action]} ${kind} ${place}${id === null ? '' : ` (id ${id})`}`,
    ...changes.map(({ key, from, to }) =>
      action === 'create' ? `    ${key}: ${show(to)}` : `    ${key}: ${show(from)} → ${show(to)}`,
    ),
    ...(note === null ? [] : [`    note: ${note}`]),
  ]
}

function show(value: unknown): string {
  return typeof value === 'string' ? value || '""' : JSON.stringify(value)
}
