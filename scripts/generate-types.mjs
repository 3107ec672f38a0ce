// Makes src/api/wire/*.generated.ts from openapi/*.yaml, so that a wrong field in a presenter does not compile.
// A file is only written when it changed: watchers and incremental builds stay quiet.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import openapiTypes, { astToString } from 'openapi-typescript'

const root = path.resolve(import.meta.dirname, '..')
const source = path.join(root, 'openapi')
const target = path.join(root, 'src/api/wire')

export async function generateTypes() {
  await mkdir(target, { recursive: true })
  for (const file of (await readdir(source)).filter((name) => name.endsWith('.yaml'))) {
    const types = astToString(await openapiTypes(new URL(`file://${path.join(source, file)}`), { alphabetize: true }))
    const name = file.replace(/^dbt-cloud-/, '').replace(/\.yaml$/, '.generated.ts')
    const text = `// Made by scripts/generate-types.mjs from openapi/${file}.\n${types}`
    const known = await readFile(path.join(target, name), 'utf8').catch(() => undefined)
    if (known !== text) await writeFile(path.join(target, name), text)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generateTypes()
