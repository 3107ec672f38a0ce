import { matchesWildcard } from '../../../util/text/wildcard.ts'
import type { GraphNode } from './node-graph.ts'

type Matcher = (node: GraphNode, value: string) => boolean

/** Tests nodes against the value of a selector's method; undefined for a method that is not simulated. */
export function matcherFor(method: string): Matcher | undefined {
  if (method.startsWith('config.')) {
    const key = method.slice('config.'.length)
    return (node, value) => matchesWildcard(String(node.content.config?.[key] ?? ''), value)
  }
  return matchers.get(method)
}

const matchers = new Map<string, Matcher>([
  ['fqn', matchesFqn],
  ['path', (node, value) => isBelow(node.file, value)],
  [
    'file',
    ({ file }, value) => matchesWildcard(file.split('/').at(-1) ?? '', value) || matchesWildcard(stem(file), value),
  ],
  ['tag', (node, value) => node.tags.some((tag) => matchesWildcard(tag, value))],
  ['resource_type', (node, value) => node.type === value],
  ['package', (node, value) => matchesWildcard(node.packageName, value)],
  ['group', (node, value) => matchesWildcard(groupOf(node), value)],
  ['source', (node, value) => node.type === 'source' && matchesParts(sourceParts(node), value)],
  ['exposure', (node, value) => node.type === 'exposure' && matchesWildcard(node.name, value)],
  ['unit_test', (node, value) => node.type === 'unit_test' && matchesWildcard(node.name, value)],
  ['test_type', matchesTestType],
])

/** dbt takes a selector without a method for a path, a file's name, or a node's name. */
export function methodOf(value: string): string {
  if (value.includes('/')) return 'path'
  return /\.(sql|csv|py|yml)$/.test(value) ? 'file' : 'fqn'
}

function matchesFqn(node: GraphNode, value: string): boolean {
  if (node.uniqueId === value || matchesWildcard(node.name, value)) return true
  const words = value.split('.')
  const fqn = node.fqn.flatMap((part) => part.split('.'))
  const startsAt = (offset: number) => words.every((word, index) => matchesWildcard(fqn[offset + index] ?? '', word))
  return startsAt(0) || (node.fqn[0] === node.packageName && startsAt(1))
}

function matchesTestType({ type, content }: GraphNode, value: string): boolean {
  if (type === 'unit_test') return value === 'unit'
  if (type !== 'test' || value === 'unit') return false
  return value === 'data' || (content.test_metadata == null ? 'singular' : 'generic') === value
}

function groupOf({ content }: GraphNode): string {
  return content.group ?? String(content.config?.group ?? '')
}

function sourceParts({ packageName, content, name }: GraphNode): string[] {
  return [packageName, content.source_name ?? '', name]
}

/** The value is `source`, `source.table` or `package.source.table`. */
function matchesParts(parts: readonly string[], value: string): boolean {
  const words = value.split('.')
  const offset = words.length === parts.length ? 0 : 1
  return words.every((word, index) => matchesWildcard(parts[offset + index] ?? '', word))
}

function isBelow(file: string, value: string): boolean {
  const folder = value.replace(/^\.\//, '').replace(/\/$/, '')
  return matchesWildcard(file, folder) || matchesWildcard(file, `${folder}/*`)
}

function stem(file: string): string {
  return (file.split('/').at(-1) ?? '').replace(/\.\w+$/, '')
}
