import { type Document, isAlias, isCollection, isScalar, type Node, parseDocument, type ScalarTag, visit } from 'yaml'
import { floatOf, intOf, isTrue, type ScalarKind, scalars } from './scalars.ts'

export interface Parsed {
  /** The content as PyYAML has it if there is no doubt, else as good as can be. Dates are text. It is not to be changed. */
  readonly content: unknown
  readonly doubt: Doubt | undefined
}

/** Says why PyYAML may see the text otherwise, or not take it at all. */
export interface Doubt {
  readonly reason: string
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** Reads YAML as PyYAML does, dbt's own reader, and says where it cannot be sure to. */
export function parsePyyaml(text: string): Parsed {
  const document = parsePyyamlDocument(text, valueTags)
  const doubt = doubtOf(document, text)
  try {
    // One alias or a thousand: each is the same object again.
    return { content: document.toJS({ maxAliasCount: -1 }), doubt }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { content: undefined, doubt: doubt ?? { reason } }
  }
}

export function parsePyyamlDocument(text: string, tags: readonly ScalarTag[]): Document.Parsed {
  const dialect = { version: '1.1', merge: true, uniqueKeys: false, logLevel: 'silent' } as const
  return parseDocument(text, { ...dialect, schema: 'failsafe', customTags: [...tags] })
}

export function scalarTag(kind: ScalarKind, resolve: (source: string) => unknown): ScalarTag {
  return { tag: `tag:yaml.org,2002:${kind}`, default: true, test: scalars[kind], resolve }
}

const valueTags: readonly ScalarTag[] = [
  scalarTag('bool', isTrue),
  scalarTag('int', intOf),
  scalarTag('float', floatOf),
  scalarTag('null', () => null),
  scalarTag('timestamp', (source) => source),
]

/** PyYAML refuses these characters, or they end a line in YAML 1.1 alone. */
const oddCharacters = /[^\t\n\r\x20-\x7E\xA0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u

/** Parsers differ at tabs before a value, marks of further documents and keys after a question mark. */
const oddMarks = /^[ -]*\t|^\.\.\.|\n---|(?:^|[ ,{[-])\?\s/m

function doubtOf(document: Document.Parsed, text: string): Doubt | undefined {
  const [mistake] = [...document.errors, ...document.warnings]
  if (mistake !== undefined) {
    const reason = mistake.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? mistake.code
    return { reason, line: mistake.linePos?.[0].line, column: mistake.linePos?.[0].col }
  }
  const body = text.replace(/^\uFEFF/, '')
  const odd = oddCharacters.exec(body)
  if (odd !== null) return { reason: 'It has a special character', line: lineAt(body, odd.index) }
  const mark = oddMarks.exec(body.replace(/^(?:#.*\n)*---/, ''))
  if (mark !== null) return { reason: 'It has tabs before values, keys after a question mark or several documents' }
  if (!isEmpty(document) && !isCollection(document.contents)) return { reason: 'It is one value' }
  let doubt: Doubt | undefined
  visit(document, {
    Node(place, node) {
      const isLast = node.range?.[1] === text.length
      const reason = doubtOfNode(node, place === 'key', isLast)
      if (reason === undefined) return undefined
      doubt = { reason, line: lineAt(text, node.range?.[0] ?? 0) }
      return visit.BREAK
    },
  })
  return doubt
}

function doubtOfNode(node: Node, isKey: boolean, isLast: boolean): string | undefined {
  if (!isAlias(node) && node.tag !== undefined) return `It has the tag ${node.tag}`
  if (isKey && !isText(node)) return 'It has a key that is no text (a value that begins with {{ needs quotes)'
  if (!isScalar(node)) return undefined
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL')
    return isLast ? 'Its last line has no end' : undefined
  if (node.type !== 'PLAIN') return undefined
  const isValueTag = node.source === '=' || (node.source === '<<' && !isKey)
  return isValueTag ? `It has the plain value ${node.source}` : undefined
}

function isText(key: Node): boolean {
  return isScalar(key) && (typeof key.value === 'string' || key.source === '<<')
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.source === '')
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
