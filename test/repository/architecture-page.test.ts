import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8')

test('the files that docs/architecture.md names exist', () => {
  const names = [...page.matchAll(/`((?:src|test|openapi)\/[^` ]*)`/g)].map(([, name = '']) => name)
  const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => path.join('docs', link))
  expect(names).toEqual(expect.arrayContaining(['src/queue/claim-run.ts', 'src/domain/permissions.ts']))
  expect([...names, ...links].filter((name) => !existsSync(path.join(root, name)))).toEqual([])
})

test('so do those of its picture of the roads', () => {
  const [, picture = ''] = /## Three roads\n[^`]*`src\/`\.\n+```\n([^`]*)```/.exec(page) ?? []
  const names = [...picture.matchAll(/[a-z-]+(?:\/[a-z-]+)+/g)].map(([name]) => path.join(root, 'src', name))
  expect(names.length).toBeGreaterThan(15)
  expect(names.filter((name) => !existsSync(name) && !existsSync(`${name}.ts`))).toEqual([])
})

test.each([
  'who may do what',
  'which run is claimed next',
  'where a run ends',
  "what a job's setting needs",
  'where a dbt command is parsed',
  'where `POST jobs/{id}/run/` is',
  'what a secret is',
  'where a schedule fires',
])('it answers %s', (question) => {
  const row = page.split('\n').find((line) => line.startsWith(`| ${question} | `))
  expect(row).toMatch(/`src\/[^`]+`/)
})
