import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import * as z from 'zod'
import { describedOperations, readOpenapiDocuments } from './openapi-documents.ts'
import { recordEvidence } from './record-evidence.ts'

/** Says where a schema is: its document and the path of keys to it. */
interface Place {
  readonly file: string
  readonly keys: readonly string[]
}

/** Any HTTP client has these of a response; `body` is its JSON. */
interface Answer {
  readonly status: number
  readonly body: unknown
}

type Validator = (response: Answer, request: { method: string; url: string }) => void

/**
 * The check that every response of an API test goes through: it must be what `openapi/` says of its operation
 * and status, field by field. A path that is described nowhere must answer the error envelope.
 */
export function responseValidator(): Validator {
  validator ??= makeValidator()
  return validator
}

let validator: Validator | undefined

function makeValidator(): Validator {
  const documents = readOpenapiDocuments()
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true })
  for (const [file, document] of documents) ajv.addSchema({ ...document, $id: idOf(file) })
  const operations = describedOperations(documents).map((operation) => ({
    ...operation,
    pattern: patternOf(operation.path),
  }))
  const compiled = new Map<string, ValidateFunction>()
  const errorPlace = { file: 'dbt-cloud-v2.yaml', keys: ['components', 'schemas', 'Error'] }

  function validatorAt(place: Place): ValidateFunction {
    const $ref = `${idOf(place.file)}#/${place.keys.map(escapeKey).join('/')}`
    const known = compiled.get($ref)
    if (known !== undefined) return known
    const compiledNow = ajv.compile({ $ref })
    compiled.set($ref, compiledNow)
    return compiledNow
  }

  return (response, { method, url }) => {
    const pathName = new URL(url, 'http://localhost').pathname
    const operation = operations.find((each) => each.method === method && each.pattern.test(pathName))
    if (operation !== undefined) recordEvidence(operation, response.status)
    const place = operation ? schemaOfResponse(documents, operation, response.status) : errorPlace
    if (place === undefined) return
    const validate = validatorAt(place)
    if (validate(response.body)) return
    throw new Error(
      `${method.toUpperCase()} ${pathName} answered ${response.status}, which is not as ${place.file} describes it:\n` +
        ajv.errorsText(validate.errors, { separator: '\n' }),
    )
  }
}

/** Finds the schema of a response's JSON; undefined for a file, which has none. */
function schemaOfResponse(
  documents: ReadonlyMap<string, unknown>,
  { file, path, method, responses }: { file: string; path: string; method: string; responses: object },
  status: number,
): Place | undefined {
  const key = String(status) in responses ? String(status) : 'default'
  const place = followReference(documents, { file, keys: ['paths', path, method, 'responses', key] })
  const content = [...place.keys, 'content', 'application/json', 'schema']
  return valueAt(documents, { file: place.file, keys: content }) === undefined
    ? undefined
    : { file: place.file, keys: content }
}

const reference = z.object({ $ref: z.string() })

function followReference(documents: ReadonlyMap<string, unknown>, place: Place): Place {
  const found = reference.safeParse(valueAt(documents, place))
  if (!found.success) return place
  const [file = '', pointer = ''] = found.data.$ref.split('#')
  return { file: file === '' ? place.file : file.replace('./', ''), keys: pointer.slice(1).split('/') }
}

function valueAt(documents: ReadonlyMap<string, unknown>, { file, keys }: Place): unknown {
  return keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    documents.get(file),
  )
}

function idOf(file: string): string {
  return `https://openapi.test/${file}`
}

function escapeKey(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Every path is answered with and without its last slash; `{path}` takes the rest of it. */
function patternOf(path: string): RegExp {
  const pattern = path
    .replace(/\/$/, '')
    .replaceAll('{path}', '.+')
    .replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${pattern}/?$`)
}
