// Run by `npm run check` (with --check, which only compares) and by whoever changed src/config/env-variables.ts; writes the table of them into README.md.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { importTypescript } from '../lib/import-typescript.mjs'
import { root } from '../lib/paths.mjs'
import { writeGenerated } from './generated-file.mjs'

const begin = '<!-- configuration -->'
const end = '<!-- end of configuration -->'

const { metaOf, variableNames } = await importTypescript('src/config/env-variables.ts')
const readme = readFileSync(path.join(root, 'README.md'), 'utf8')
const from = readme.indexOf(begin)
const to = readme.indexOf(end)
if (from === -1 || to < from)
  throw new Error(`README.md has no place for the table: ${begin} and ${end}, on lines of their own`)
const content = `${readme.slice(0, from)}${begin}\n\n${table()}\n\n${readme.slice(to)}`
writeGenerated('README.md', content, 'scripts/generate/configuration-table.mjs')

function table() {
  const rows = variableNames
    .filter((name) => name !== 'HOME')
    .map((name) => {
      const { description, fallback = '', flag, secret } = metaOf(name)
      const names = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``
      return `| ${names} | ${flag ? `\`${flag}\`` : ''} | ${cell(description)} | ${cell(fallback)} |`
    })
  return ['| variable | flag | what it is for | default |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function cell(text) {
  return text.replaceAll('|', '\\|')
}
