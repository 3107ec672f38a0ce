// Makes docs/stratus.schema.json, with which editors complete and check stratus.yml. `--check` only compares.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')
const target = path.join(root, 'docs/stratus.schema.json')

const source = `
  import { z } from 'zod'
  import { stratusDocument } from './src/definitions/stratus-yml/schema/stratus-document.ts'
  export { stratusDocument, z }
`
const { outputFiles } = await build({
  stdin: { contents: source, resolveDir: root, loader: 'ts' },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
})
const { stratusDocument, z } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
)

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
const text = `${JSON.stringify({ title: 'stratus.yml', ...schema }, null, 2)}\n`

const known = await readFile(target, 'utf8').catch(() => '')
if (known !== text && process.argv.includes('--check')) {
  console.error('docs/stratus.schema.json is out of date. Run: node scripts/generate-document-schema.mjs')
  process.exitCode = 1
} else if (known !== text) {
  await writeFile(target, text)
}
