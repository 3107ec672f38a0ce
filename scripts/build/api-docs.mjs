import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { parse } from 'yaml'
import { root } from '../lib/paths.mjs'

const parts = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui-standalone-preset.js',
  'swagger-ui-standalone-preset.js.LICENSE.txt',
  'favicon-32x32.png',
  'LICENSE',
  'NOTICE',
]

/** Swagger UI shows the summary of an operation beside its path; its id says the same in words already. */
function nameOperations({ paths }) {
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations)) {
      if (operation.operationId !== undefined) operation.summary ??= operation.operationId
    }
  }
}

/** Makes the folder behind /api/docs: Swagger UI's own files, our page, and openapi/ as JSON, which browsers read faster. */
export function makeApiDocs(folder) {
  const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  mkdirSync(path.join(folder, 'openapi'), { recursive: true })
  for (const part of parts) copyFileSync(path.join(swagger, part), path.join(folder, part))
  cpSync(path.join(root, 'src/api/docs/page'), folder, { recursive: true })
  const source = path.join(root, 'openapi')
  for (const file of readdirSync(source).filter((name) => name.endsWith('.yaml'))) {
    const document = parse(readFileSync(path.join(source, file), 'utf8'), { merge: true, maxAliasCount: -1 })
    nameOperations(document)
    const json = JSON.stringify(document).replaceAll('.yaml#/', '.json#/')
    writeFileSync(path.join(folder, 'openapi', file.replace(/\.yaml$/, '.json')), json)
  }
}
