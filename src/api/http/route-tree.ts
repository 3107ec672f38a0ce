/** A path leads to a target and gives values to its parameters. */
export interface Found<T> {
  readonly target: T
  readonly params: Record<string, string | string[]>
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>
  any: Node<T> | undefined
  leaf: Leaf<T> | undefined
  /** Takes the rest of a path. */
  rest: Leaf<T> | undefined
}

interface Leaf<T> {
  readonly target: T
  readonly names: readonly string[]
}

/**
 * Finds what a path leads to among hundreds in one step per segment, where Express would try one pattern after another.
 * Patterns are Express's (`/jobs/:job_id/artifacts/*path`), and paths match as they do there: whatever their case, and
 * with or without their last slash. Fixed segments go before parameters.
 */
export class RouteTree<T> {
  readonly #root: Node<T> = emptyNode()

  add(pattern: string, target: T): void {
    const names: string[] = []
    let node = this.#root
    for (const segment of segmentsOf(pattern)) {
      if (/^[:*]/.test(segment)) names.push(segment.slice(1))
      if (segment.startsWith('*')) {
        node.rest ??= { target, names }
        return
      }
      node = segment.startsWith(':') ? anyChild(node) : fixedChild(node, segment.toLowerCase())
    }
    node.leaf ??= { target, names }
  }

  /** Throws URIError for a parameter with a broken percent escape. */
  find(path: string): Found<T> | undefined {
    const segments = path.split('/')
    segments.shift()
    const end = segments.at(-1) === '' ? segments.length - 1 : segments.length
    return descend(this.#root, segments, { at: 0, end, values: [] })
  }
}

interface Position {
  readonly at: number
  /** The path ends here when its last slash is not counted. */
  readonly end: number
  readonly values: readonly string[]
}

function descend<T>(node: Node<T>, segments: readonly string[], { at, end, values }: Position): Found<T> | undefined {
  const segment = segments[at]
  if (at === end || segment === undefined) return node.leaf && found(node.leaf, values)
  const next = node.fixed.get(segment) ?? node.fixed.get(segment.toLowerCase())
  const exact = next && descend(next, segments, { at: at + 1, end, values })
  if (exact !== undefined || segment === '') return exact
  const any = node.any && descend(node.any, segments, { at: at + 1, end, values: [...values, segment] })
  if (any !== undefined || node.rest === undefined) return any
  return found(node.rest, values, segments.slice(at))
}

function found<T>({ target, names }: Leaf<T>, values: readonly string[], rest: readonly string[] = []): Found<T> {
  const params: Record<string, string | string[]> = {}
  for (const [index, name] of names.entries()) {
    const value = values[index]
    params[name] = value === undefined ? rest.map(decodeURIComponent) : decodeURIComponent(value)
  }
  return { target, params }
}

function segmentsOf(pattern: string): string[] {
  return pattern.split('/').filter((segment) => segment !== '')
}

function fixedChild<T>(node: Node<T>, segment: string): Node<T> {
  const child = node.fixed.get(segment) ?? emptyNode<T>()
  node.fixed.set(segment, child)
  return child
}

function anyChild<T>(node: Node<T>): Node<T> {
  node.any ??= emptyNode<T>()
  return node.any
}

function emptyNode<T>(): Node<T> {
  return { fixed: new Map(), any: undefined, leaf: undefined, rest: undefined }
}
