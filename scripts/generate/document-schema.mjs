// Run by `npm run check` (with --check, which only compares) and by whoever changed the schema of stratus.yml; makes docs/stratus.schema.json.
import * as z from 'zod'
import { importTypescript } from '../lib/import-typescript.mjs'
import { writeGenerated } from './generated-file.mjs'

const { stratusDocument } = await importTypescript('src/definitions/stratus-yml/schema/stratus-document.ts')

const fromEnv = {
  type: 'object',
  properties: { from_env: { type: 'string', description: 'The environment variable that has the value.' } },
  required: ['from_env'],
  additionalProperties: false,
}

const schema = z.toJSONSchema(stratusDocument, {
  io: 'input',
  override({ jsonSchema }) {
    const isScalar = jsonSchema.anyOf?.some(({ type }) => type === 'boolean')
    if (isScalar) jsonSchema.anyOf.push(fromEnv)
  },
})

writeGenerated(
  'docs/stratus.schema.json',
  `${JSON.stringify({ title: 'stratus.yml', ...schema }, null, 2)}\n`,
  'scripts/generate/document-schema.mjs',
)
