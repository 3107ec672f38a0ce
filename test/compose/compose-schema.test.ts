import { createRequire } from 'node:module'
import path from 'node:path'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { exampleCompose, readText } from './project-files.ts'

/** The compose specification's own JSON schema, as a linter for compose files ships it. */
const linter = createRequire(import.meta.url).resolve('dclint/package.json')
const schema: object = createRequire(import.meta.url)(path.join(path.dirname(linter), 'schemas/compose.schema.json'))
const validate = new Ajv({ allErrors: true, strict: false, formats: { duration: true } }).compile(
  // The specification names its draft with https, the validator knows it with http.
  { ...schema, $schema: 'http://json-schema.org/draft-07/schema#' },
)

function problemsOf(compose: unknown) {
  return validate(compose)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

test('docker-compose.yml is what the compose specification allows', () => {
  expect(problemsOf(exampleCompose())).toEqual([])
  expect(problemsOf(parse(readText('docker-compose.yml'), { merge: true }))).toEqual([])
})

test('the override of the Astro project is what the compose specification allows', () => {
  expect(problemsOf(parse(readText('airflow-dags', 'docker-compose.override.yml'), { merge: true }))).toEqual([])
})

test('what the specification does not allow is found', () => {
  expect(problemsOf({ services: { one: { image: 'x', restart: ['always'], healtcheck: {} } } })).not.toEqual([])
})
