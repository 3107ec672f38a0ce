import { activeState } from '../../../../domain/state.ts'
import { groupBy } from '../../../../util/objects/group-by.ts'
import { nearestName } from '../../../../util/text/nearest-name.ts'

interface Named {
  readonly id?: number | null | undefined
  readonly name: string
}

interface Identified {
  readonly id: number
  readonly name: string
  readonly state: number
}

export interface Candidates<Row> {
  /** The kind is "project", "environment" or "job". */
  readonly kind: string
  readonly byId: ReadonlyMap<number, Row>
  readonly foreign: ReadonlySet<number>
  readonly siblings: Siblings<Row>
}

/** The active rows of a parent whose ids the document does not name, looked through once for all that it has there. */
export interface Siblings<Row> {
  readonly byName: ReadonlyMap<string, readonly Row[]>
  /** Those whose names the document does not have either. */
  readonly left: readonly Row[]
  /** Those that a new name is compared with, letter by letter: none where that would take long. */
  readonly compared: readonly Row[]
}

/** `inputs`: what the document has in the same parent. `named`: every id of this kind that the document names. */
export function siblingsOf<Row extends Identified>(
  rows: readonly Row[],
  inputs: readonly Named[],
  named: ReadonlySet<number>,
): Siblings<Row> {
  const names = new Set(inputs.map(({ name }) => name))
  const found = rows.filter((row) => row.state === activeState && !named.has(row.id))
  const left = found.filter(({ name }) => !names.has(name))
  return {
    byName: groupBy(found, ({ name }) => name),
    left,
    compared: inputs.length * left.length > mostComparisons ? [] : left,
  }
}

export type Match<Row> =
  | { readonly found: 'existing'; readonly row: Row }
  | { readonly found: 'new'; readonly note?: string }
  | { readonly found: 'problem'; readonly at: 'id' | 'name'; readonly message: string }

/** The row that a part of the document means: the one with its id, else the one with its name in the same parent. */
export function matchIdentity<Row extends Identified>(input: Named, candidates: Candidates<Row>): Match<Row> {
  const { kind, byId, foreign, siblings } = candidates
  if (typeof input.id === 'number') {
    if (foreign.has(input.id)) {
      const message = `got ${input.id}, which belongs to another account, expected an id of this account or a free one`
      return { found: 'problem', at: 'id', message }
    }
    const row = byId.get(input.id)
    return row ? { found: 'existing', row } : { found: 'new' }
  }
  const sameName = siblings.byName.get(input.name) ?? []
  const [row] = sameName
  if (sameName.length > 1) {
    const ids = sameName.map(({ id }) => id).join(' and ')
    return {
      found: 'problem',
      at: 'name',
      message: `got ${JSON.stringify(input.name)}, the name of the ${kind}s ${ids}, expected an id beside it`,
    }
  }
  return row ? { found: 'existing', row } : newOne(input, candidates)
}

/** A name that nobody has makes a new row; when it looks like a rename, the plan says how to make it one. */
function newOne<Row extends Identified>(input: Named, { kind, siblings }: Candidates<Row>): Match<Row> {
  const { left, compared } = siblings
  const nearest = nearestName(
    input.name,
    compared.map(({ name }) => name),
  )
  const nearestRow = nearest === undefined ? undefined : left.find(({ name }) => name === nearest)
  const old = nearestRow ?? left[0]
  if (old === undefined) return { found: 'new' }
  const head = `No ${kind} here has this name, so it is a new one.`
  if (nearestRow !== undefined || left.length === 1) {
    return { found: 'new', note: `${head} If it is ${JSON.stringify(old.name)} renamed, give it "id: ${old.id}".` }
  }
  const shown = left.slice(0, mostShown).map(({ id, name }) => `${JSON.stringify(name)} (${id})`)
  const more = left.length > mostShown ? ` and ${left.length - mostShown} more` : ''
  return {
    found: 'new',
    note: `${head} If it is one of ${shown.join(', ')}${more} renamed, give it the id of that one.`,
  }
}

const mostShown = 5
const mostComparisons = 50_000
