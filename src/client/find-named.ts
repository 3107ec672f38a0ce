import { InvalidRequestError, NotFoundError } from '../domain/errors.ts'

interface Named {
  readonly id: number
  readonly name: string
}

export function idIn(idOrName: string): number | undefined {
  return /^\d{1,15}$/.test(idOrName) ? Number(idOrName) : undefined
}

/**
 * The one of `items` that is called so; letter case counts where it makes the difference. Throws with a list to choose
 * from when there is none, or more than one.
 */
export function findNamed<T extends Named>(
  kind: string,
  items: readonly T[],
  name: string,
  describe: (item: T) => string,
): T {
  const exact = items.filter((item) => item.name === name)
  const alike = items.filter((item) => item.name.toLowerCase() === name.toLowerCase())
  const found = exact.length > 0 ? exact : alike
  const [only] = found
  if (only === undefined)
    throw new NotFoundError(`There is no ${kind} "${name}". ${describeAll(kind, items, describe)}`)
  if (found.length === 1) return only
  const lines = linesOf(found, describe)
  throw new InvalidRequestError(`${found.length} ${kind}s are called "${name}". Give the id of one:\n${lines}`)
}

function describeAll<T extends Named>(kind: string, items: readonly T[], describe: (item: T) => string): string {
  if (items.length === 0) return `The server has no ${kind}s: add some with "stratus apply".`
  const shown = items.slice(0, 20)
  const rest = items.length > shown.length ? `\n  and ${items.length - shown.length} more` : ''
  return `The server has:\n${linesOf(shown, describe)}${rest}`
}

function linesOf<T extends Named>(items: readonly T[], describe: (item: T) => string): string {
  return items.map((item) => `  ${item.id}  ${item.name}${describe(item)}`).join('\n')
}
