import { Document, isMap, isScalar, type Node, YAMLMap } from 'yaml'
import type { DocumentPath } from '../schema/problem.ts'

interface WrittenDocument {
  readonly document: unknown
  /** Says where secrets stand that are not in it. */
  readonly secrets: readonly DocumentPath[]
}

const header = ` Written by "stratus export". "stratus apply" finds it unchanged.`
const secretsNote = ` Secrets stay on the server unless they are given: uncomment a line and set its variable to change one.`

/** A document as the text of a stratus.yml, with a commented line for each secret. */
export function writeDocument({ document, secrets }: WrittenDocument): string {
  const yaml = new Document(document, { aliasDuplicateObjects: false })
  yaml.commentBefore = secrets.length === 0 ? header : `${header}\n${secretsNote}`
  for (const [parent, lines] of byParent(secrets)) addComment(yaml, parent, lines)
  return yaml.toString({ lineWidth: 0, flowCollectionPadding: true })
}

interface Parent {
  readonly path: DocumentPath
  readonly key: string
}

/** Secrets of one mapping together: `credentials` or `environment_variables` of one owner. */
function byParent(secrets: readonly DocumentPath[]): Map<Parent, string[]> {
  const parents = new Map<string, { parent: Parent; lines: string[] }>()
  for (const path of secrets) {
    const name = String(path.at(-1))
    const key = String(path.at(-2))
    const id = path.slice(0, -1).join('/')
    const entry = parents.get(id) ?? { parent: { path: path.slice(0, -2), key }, lines: [] }
    entry.lines.push(`${name}: { from_env: ${placeholder(name)} }`)
    parents.set(id, entry)
  }
  return new Map([...parents.values()].map(({ parent, lines }) => [parent, lines]))
}

/** The name of an environment variable of whoever applies the document. */
function placeholder(name: string): string {
  return name.toUpperCase().replace(/\W/g, '_')
}

function addComment(yaml: Document, { path, key }: Parent, lines: readonly string[]): void {
  const owner: unknown = yaml.getIn(path)
  if (!isMap(owner)) return
  const own: unknown = owner.get(key, true)
  if (own instanceof YAMLMap) {
    own.comment = append(
      own.comment,
      lines.map((line) => ` ${line}`),
    )
    return
  }
  commentAtEnd(owner, [` ${key}:`, ...lines.map((line) => `   ${line}`)])
}

/** They stand before the owner's children, where there are some: what is behind them would read as theirs. */
function commentAtEnd(owner: YAMLMap, lines: readonly string[]): void {
  const children = owner.items.find(
    ({ key }) => isScalar(key) && (key.value === 'environments' || key.value === 'jobs'),
  )
  if (children !== undefined && isScalar(children.key)) {
    children.key.commentBefore = append(children.key.commentBefore, lines)
    return
  }
  owner.comment = append(owner.comment, lines)
}

function append(comment: Node['comment'], lines: readonly string[]): string {
  return [...(comment ? [comment] : []), ...lines].join('\n')
}
