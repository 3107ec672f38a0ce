// Writes the table of environment variables into README.md, from the schema in src/config/env-variables.ts.
// With --check it changes nothing and fails when the table is stale.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const readme = path.join(root, 'README.md')
const begin = '<!-- configuration -->'
const end = '<!-- end of configuration -->'

const { metaOf, variableNames } = await loadSchema()
const content = await readFile(readme, 'utf8')
const from = content.indexOf(begin)
const to = content.indexOf(end)
if (from === -1 || to < from)
  fail(`README.md has no place for the table: put these two lines where it belongs:\n${begin}\n${end}`)
const wanted = `${content.slice(0, from)}${begin}\n\n${table()}\n\n${content.slice(to)}`
if (wanted !== content) {
  if (process.argv.includes('--check'))
    fail('The configuration table in README.md is stale. Run: node scripts/config-table.mjs')
  await writeFile(readme, wanted)
}

/** The schema is TypeScript: it is bundled in memory and imported from there. */
async function loadSchema() {
  const { outputFiles } = await build({
    entryPoints: [path.join(root, 'src/config/env-variables.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'error',
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

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

function fail(message) {
  console.error(message)
  process.exit(1)
}
