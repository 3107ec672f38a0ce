import { Document, Scalar, type ScalarTag } from 'yaml'
import { parsePyyamlDocument, scalarTag } from './parse-pyyaml.ts'
import { type ScalarKind, scalars } from './scalars.ts'

/** Writes values so that PyYAML, dbt's reader, has exactly them again: every text is in quotes. */
export function writePyyaml(content: unknown): string {
  const tags = () => ['map' as const, 'seq' as const, text, plain]
  return new Document(content, { schema: 'failsafe', customTags: tags }).toString({ lineWidth: 0 })
}

/** The file with the value at a way of keys replaced. For PyYAML everything else in it stays what it was. */
export function setInPyyaml(yaml: string, way: readonly string[], value: unknown): string {
  const known = new Map<string, Verbatim>()
  // Equal keys are then one object, of which the last one counts.
  const verbatim = (source: string): Verbatim => {
    const found = known.get(source) ?? new Verbatim(source)
    known.set(source, found)
    return found
  }
  const kinds = Object.keys(scalars).filter((kind): kind is ScalarKind => kind in scalars)
  const document = parsePyyamlDocument(
    yaml,
    kinds.map((kind) => scalarTag(kind, verbatim)),
  )
  return writePyyaml(withValue(document.toJS({ maxAliasCount: -1, mapAsMap: true }), way, value))
}

/** Copies along the way only, so that what other places share with it does not change there. */
function withValue(content: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const map: ReadonlyMap<unknown, unknown> = content instanceof Map ? content : new Map()
  return new Map(map).set(key, withValue(map.get(key), rest, value))
}

/** A value that is no text, by the characters that stand for it. */
class Verbatim {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

const text: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (source) => source,
  stringify: ({ value }) => `"${String(value).replace(needsEscape, escaped)}"`,
}

const plain: ScalarTag = {
  tag: 'tag:yaml.org,2002:plain',
  default: true,
  identify: (value) =>
    value === null || value instanceof Verbatim || typeof value === 'number' || typeof value === 'boolean',
  resolve: (source) => source,
  createNode: (_schema, value) => new Scalar(value),
  stringify: ({ value }) => (value instanceof Verbatim ? value.source || '~' : plainOf(value)),
}

/** PyYAML takes a number for a text when it has an exponent but no point. */
function plainOf(value: unknown): string {
  if (value === Number.POSITIVE_INFINITY) return '.inf'
  if (value === Number.NEGATIVE_INFINITY) return '-.inf'
  if (Number.isNaN(value)) return '.nan'
  return String(value).replace(/^(-?\d+)e/, '$1.0e')
}

const needsEscape = /[^\x20\x21\x23-\x5B\x5D-\x7E]/gu

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x22 || code === 0x5c) return `\\${character}`
  if (code <= 0xff) return `\\x${hex(code, 2)}`
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
