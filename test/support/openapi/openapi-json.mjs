import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse } from 'yaml'

const source = path.resolve(import.meta.dirname, '../../../openapi')

/** Writes the files of `openapi/` as JSON: reading the YAML takes a second, which each file of tests would spend. */
export function writeOpenapiJson() {
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-openapi-'))
  for (const name of readdirSync(source).filter((each) => each.endsWith('.yaml'))) {
    const document = parse(readFileSync(path.join(source, name), 'utf8'), { merge: true, maxAliasCount: -1 })
    writeFileSync(path.join(folder, `${name}.json`), JSON.stringify(document))
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
