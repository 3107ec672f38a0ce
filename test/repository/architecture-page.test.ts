import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

test('the files that docs/architecture.md names exist', () => {
  const page = readFileSync(path.join(root, 'docs/architecture.md'), 'utf8')
  const names = [...page.matchAll(/`((?:src|test|openapi)\/[^` ]*)`/g)].map(([, name = '']) => name)
  expect(names).toEqual(expect.arrayContaining(['src/queue/claim-run.ts', 'src/domain/permissions.ts']))
  expect(names.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
})
