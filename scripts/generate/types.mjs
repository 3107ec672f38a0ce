// Run by `npm ci`, by `npm run check` and by whoever changed openapi/; makes src/api/wire/*.generated.ts from openapi/*.yaml, so that a wrong field in a presenter does not compile.
// A file is only written when it changed: watchers and incremental builds stay quiet.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import openapiTypes, { astToString } from 'openapi-typescript'
import { root } from '../lib/paths.mjs'

const source = path.join(root, 'openapi')
const target = path.join(root, 'src/api/wire')

await mkdir(target, { recursive: true })
for (const file of (await readdir(source)).filter((name) => name.endsWith('.yaml'))) {
  const types = astToString(await openapiTypes(new URL(`file://${path.join(source, file)}`), { alphabetize: true }))
  const name = file.replace(/^dbt-cloud-/, '').replace(/\.yaml$/, '.generated.ts')
  const text = `// Made by scripts/generate/types.mjs from openapi/${file}.\n${types}`
  const known = await readFile(path.join(target, name), 'utf8').catch(() => undefined)
  if (known !== text) await writeFile(path.join(target, name), text)
}
