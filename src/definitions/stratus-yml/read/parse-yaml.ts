import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import type { DocumentPath, Problem } from '../schema/problem.ts'

export interface Position {
  readonly line: number
  readonly column: number
}

export interface ParsedYaml {
  readonly data: unknown
  /** Mistakes of the YAML itself; `fatal` when nothing more can be said about the data. */
  readonly problems: readonly { readonly position: Position; readonly message: string }[]
  readonly fatal: boolean
  /** Says where the value, or the key, at `path` stands; where its nearest ancestor does, when it is missing. */
  positionOf(path: DocumentPath, at: Problem['at']): Position
}

export function parseYaml(text: string): ParsedYaml {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true })
  const position = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const found = [...document.errors, ...document.warnings]
  const problems = found.map((error) => ({ position: position(error.pos[0]), message: withoutPosition(error.message) }))
  const fatal = found.some((error) => error.code !== 'DUPLICATE_KEY')
  if (!fatal) keepTextOfScalars(document)
  try {
    return {
      data: fatal ? undefined : document.toJS({ maxAliasCount: 1000 }),
      problems,
      fatal,
      positionOf: (path, at) => position(offsetOf(document, path, at)),
    }
  } catch (error) {
    // An alias without its anchor, or aliases that multiply beyond all measure.
    const message = error instanceof Error ? error.message : String(error)
    problems.push({ position: position(0), message })
    return { data: undefined, problems, fatal: true, positionOf: () => position(0) }
  }
}

function withoutPosition(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message
}

/** Text must not become a number on its way: `1.10` is not `1.1`, nor `0123` 123. */
function keepTextOfScalars(document: Document): void {
  visit(document, {
    Pair(_, pair) {
      const key = isScalar(pair.key) ? pair.key.value : undefined
      if (key === 'dbt_version') keepText(pair.value)
      if ((key === 'environment_variables' || key === 'credentials') && isMap(pair.value)) {
        for (const item of pair.value.items) keepText(item.value)
      }
    },
  })
}

function keepText(node: unknown): void {
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = node.source
}

function offsetOf(document: Document, path: DocumentPath, at: Problem['at']): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [index, part] of path.entries()) {
    const parent = isAlias(node) ? node.resolve(document) : node
    const pair = isMap(parent) && typeof part === 'string' ? pairOf(document, parent, part) : undefined
    const child: unknown = pair ? pair.value : itemOf(parent, part)
    const last = index === path.length - 1
    const start = last && at === 'key' ? startOf(pair?.key) : (startOf(child) ?? startOf(pair?.key))
    if (start === undefined) return offset
    offset = start
    node = child
  }
  return offset
}

/** Finds the pair of a key, also one that came by a merge (`<<`). */
function pairOf(document: Document, map: YAMLMap, key: string): Pair | undefined {
  const own = map.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === key)
  if (own) return own
  for (const { key: mergeKey, value } of map.items) {
    if (!isScalar(mergeKey) || String(mergeKey.source ?? mergeKey.value) !== '<<') continue
    const source: unknown = isAlias(value) ? value.resolve(document) : value
    const merged = isMap(source) ? pairOf(document, source, key) : undefined
    if (merged) return merged
  }
  return undefined
}

function itemOf(parent: unknown, part: string | number): unknown {
  const isList = typeof part === 'number' && typeof parent === 'object' && parent !== null && 'items' in parent
  return isList && Array.isArray(parent.items) ? parent.items[part] : undefined
}

function startOf(node: unknown): number | undefined {
  return isNodeWithRange(node) ? node.range?.[0] : undefined
}

function isNodeWithRange(node: unknown): node is Node {
  return typeof node === 'object' && node !== null && 'range' in node
}
