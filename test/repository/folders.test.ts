import { execFileSync } from 'node:child_process'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

test('a folder has at most 20 files directly in it', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean)
  const counts = new Map<string, number>()
  for (const folder of files.map((file) => path.dirname(file))) counts.set(folder, (counts.get(folder) ?? 0) + 1)
  expect(counts.get('.')).toBeGreaterThan(5)
  expect([...counts].filter(([, count]) => count > 20)).toEqual([])
})
