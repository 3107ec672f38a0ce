import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')

/** These are other people's programs, in versions of their own, for comparisons alone. */
const comparisons = /^bench\//

test('nothing that people copy or run asks a registry for the name "stratus"', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0')
  const asking = files.filter((file) => {
    if (file === '' || comparisons.test(file) || file === path.relative(root, import.meta.filename)) return false
    return /\bnpx\b.{0,40}\bstratus\b/.test(readFileSync(path.join(root, file), 'latin1'))
  })
  expect(asking).toEqual([])
  expect(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).private).toBe(true)
})
