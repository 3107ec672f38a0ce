import { readOpenapiDocuments } from '../support/openapi-documents.ts'

/*
 * What a linter with plugins would be set up to check: the files are whole, everything in them is described, and nothing
 * is left over.
 */
const documents = readOpenapiDocuments()

type Visit = (value: object, where: readonly string[]) => void

/** Calls `visit` with every object of a document. */
function walk(value: unknown, visit: Visit, where: readonly string[] = []): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) visit(value, where)
  for (const [key, inner] of Object.entries(value)) walk(inner, visit, [...where, key])
}

function walkAll(visit: (value: object, where: readonly string[], file: string) => void): void {
  for (const [file, document] of documents) walk(document, (value, where) => visit(value, where, file))
}

function at(file: string, pointer: readonly string[]): unknown {
  return pointer.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    documents.get(file),
  )
}

function referenceOf(value: object, file: string): { file: string; keys: string[] } | undefined {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return undefined
  const [name = '', pointer = ''] = value.$ref.split('#')
  return { file: name === '' ? file : name.replace('./', ''), keys: pointer.slice(1).split('/') }
}

const isDescribed = (value: object) =>
  'description' in value && typeof value.description === 'string' && value.description.trim() !== ''

test('every reference leads somewhere', () => {
  const broken: string[] = []
  walkAll((value, where, file) => {
    const reference = referenceOf(value, file)
    if (reference !== undefined && at(reference.file, reference.keys) === undefined) broken.push(where.join('/'))
  })
  expect(broken).toEqual([])
})

test('every component is used', () => {
  const used = new Set<string>()
  walkAll((value, _where, file) => {
    const reference = referenceOf(value, file)
    if (reference !== undefined) used.add(`${reference.file}#${reference.keys.join('/')}`)
  })
  const unused: string[] = []
  for (const file of documents.keys()) {
    for (const kind of ['parameters', 'responses', 'schemas']) {
      const components = at(file, ['components', kind]) ?? {}
      for (const name of Object.keys(components)) {
        const place = `${file}#components/${kind}/${name}`
        if (!used.has(place)) unused.push(place)
      }
    }
  }
  expect(unused).toEqual([])
})

test('every operation is described by whole sentences, has a known tag and says how it fails', () => {
  const problems: string[] = []
  walkAll((value, where, file) => {
    if (where.length !== 3 || where[0] !== 'paths' || where[2] === 'parameters') return
    const tags = JSON.stringify(at(file, ['tags']))
    const { tags: own, description, responses } = { tags: [], description: '', responses: {}, ...value }
    const ok =
      /^[A-Z`][\s\S]*\.\n?$/.test(description) &&
      own.length === 1 &&
      tags.includes(`"name":${JSON.stringify(own[0])}`) &&
      'default' in responses
    if (!ok) problems.push(where.join(' '))
  })
  expect(problems).toEqual([])
})

test('every parameter and every field is described', () => {
  const bare: string[] = []
  walkAll((value, where, file) => {
    const isParameter = 'in' in value && 'schema' in value
    const isField = where.at(-2) === 'properties'
    if (!isParameter && !isField) return
    const reference = referenceOf(value, file)
    const target = reference && at(reference.file, reference.keys)
    const described = isDescribed(value) || (typeof target === 'object' && target !== null && isDescribed(target))
    // The envelope's own keys are described where the envelope is.
    const isEnvelope = /^(status|data|extra)$/.test(where.at(-1) ?? '') && where.includes('responses')
    if (!described && !isEnvelope) bare.push(`${file} ${where.slice(-4).join('/')}`)
  })
  expect(bare).toEqual([])
})
