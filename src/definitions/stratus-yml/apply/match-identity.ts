import { nearestName } from '../../../util/nearest-name.ts'

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
  /** "project", "environment" or "job". */
  readonly kind: string
  readonly byId: ReadonlyMap<number, Row>
  readonly foreign: ReadonlySet<number>
  /** The rows in the same parent. */
  readonly siblings: readonly Row[]
  /** The document's own siblings. */
  readonly inputs: readonly Named[]
  /** Every id of this kind that the document names: such a row is not to be found by its name. */
  readonly named: ReadonlySet<number>
}

export type Match<Row> =
  | { readonly found: 'existing'; readonly row: Row }
  | { readonly found: 'new'; readonly note?: string }
  | { readonly found: 'problem'; readonly at: 'id' | 'name'; readonly message: string }

/** The row that a part of the document means: the one with its id, else the one with its name in the same parent. */
export function matchIdentity<Row extends Identified>(input: Named, candidates: Candidates<Row>): Match<Row> {
  const { kind, byId, foreign, siblings, named } = candidates
  if (typeof input.id === 'number') {
    if (foreign.has(input.id)) {
      const message = `got ${input.id}, which belongs to another account, expected an id of this account or a free one`
      return { found: 'problem', at: 'id', message }
    }
    const row = byId.get(input.id)
    return row ? { found: 'existing', row } : { found: 'new' }
  }
  const sameName = siblings.filter((row) => row.state === 1 && row.name === input.name && !named.has(row.id))
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
function newOne<Row extends Identified>(input: Named, { kind, siblings, inputs, named }: Candidates<Row>): Match<Row> {
  const names = new Set(inputs.map(({ name }) => name))
  const left = siblings.filter((row) => row.state === 1 && !named.has(row.id) && !names.has(row.name))
  const nearest = nearestName(
    input.name,
    left.map(({ name }) => name),
  )
  const nearestRow = left.find(({ name }) => name === nearest)
  const [old, ...others] = nearestRow === undefined ? left : [nearestRow]
  if (old === undefined) return { found: 'new' }
  const head = `No ${kind} here has this name, so it is a new one.`
  if (others.length === 0) {
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
