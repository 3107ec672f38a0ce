// Run by `npm run check`; lints openapi/*.yaml: the files are whole, everything in them is described, and nothing is left over.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../lib/paths.mjs'

const folder = path.join(root, 'openapi')
const documents = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => [name, parse(readFileSync(path.join(folder, name), 'utf8'), { merge: true, maxAliasCount: -1 })]),
)
const problems = []
const used = new Set()

for (const [file, document] of documents) {
  for (const [value, where] of objectsOf(document)) {
    const at = `${file} ${where.join('/')}`
    const reference = referenceOf(value, file)
    if (reference !== undefined) {
      used.add(`${reference.file}#${reference.keys.join('/')}`)
      if (find(reference) === undefined) problems.push(`${at}: ${value.$ref} leads nowhere`)
    }
    lintWords(value, at)
    lintOperation(document, value, where, at)
    lintDescription(value, where, at, reference)
  }
}
for (const [file, { components = {} }] of documents) {
  for (const kind of ['parameters', 'responses', 'schemas']) {
    for (const name of Object.keys(components[kind] ?? {})) {
      const place = `components/${kind}/${name}`
      if (!used.has(`${file}#${place}`)) problems.push(`${file} ${place}: used nowhere`)
    }
  }
}
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** Yields every object of a document with the keys that lead to it. */
function* objectsOf(value, where = []) {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield [value, where]
  for (const [key, inner] of Object.entries(value)) yield* objectsOf(inner, [...where, key])
}

function referenceOf({ $ref }, file) {
  if (typeof $ref !== 'string') return undefined
  const [name, pointer = ''] = $ref.split('#')
  return { file: name === '' ? file : name.replace('./', ''), keys: pointer.slice(1).split('/') }
}

function find({ file, keys }) {
  return keys.reduce((value, key) => value?.[key], documents.get(file))
}

/** Readers of /api/docs know nothing of the code: a description that only goes on from its key's name tells them nothing. */
function lintWords({ description, ...rest }, at) {
  if (/^(Of|As|What|All|Whose|Who|Whether|From|In|By|When|Where|How|Why)\b/.test(description))
    problems.push(`${at}: expected a sentence or a noun phrase, not "${description}"`)
  for (const [key, value] of Object.entries(rest)) if (value === null) problems.push(`${at}: "${key}" has no value`)
}

function lintOperation({ tags }, { tags: own = [], description = '', responses = {} }, where, at) {
  if (where.length !== 3 || where[0] !== 'paths' || where[2] === 'parameters') return
  if (!/^[A-Z`][\s\S]*\.\n?$/.test(description)) problems.push(`${at}: expected a description in whole sentences`)
  if (own.length !== 1 || !tags.some(({ name }) => name === own[0])) problems.push(`${at}: expected one of the tags`)
  if (!('default' in responses)) problems.push(`${at}: expected a default response`)
}

/** Parameters and fields need one. The envelope's own keys are described where the envelope is. */
function lintDescription(value, where, at, reference) {
  const isField = where.at(-2) === 'properties'
  if (!isField && !('in' in value && 'schema' in value)) return
  if (/^(status|data|extra)$/.test(where.at(-1)) && where.includes('responses')) return
  const descriptions = [value.description, reference && find(reference)?.description]
  if (!descriptions.some((text) => typeof text === 'string' && text.trim() !== ''))
    problems.push(`${at}: not described`)
}
