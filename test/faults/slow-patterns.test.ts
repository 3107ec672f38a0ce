import { readFileSync } from 'node:fs'
import path from 'node:path'
import { patternsOf, slownessOf, sourceFiles } from '../../scripts/check/patterns.mjs'

const root = path.resolve(import.meta.dirname, '../..')
const length = 100_000
/** A pattern that is not linear needs many times as long for so much text, on any machine. */
const tooLongMs = 3_000

function patterns(): { at: string; pattern: RegExp }[] {
  return sourceFiles().flatMap((file) =>
    patternsOf(file, readFileSync(path.join(root, file), 'utf8')).flatMap(({ line, pattern }) =>
      pattern === undefined ? [] : [{ at: `${file}:${line}`, pattern: new RegExp(pattern.source, pattern.flags) }],
    ),
  )
}

/** Each character that the pattern speaks of, and those of its classes, many times; and what nearly fits. */
function hardInputs({ source }: RegExp): string[] {
  const letters = new Set([...source.replace(/\\[a-zA-Z]/g, ''), 'a', 'A', '0', ' ', '\n', '-', '.', '_', ':', '/'])
  const repeated = [...letters].map((letter) => letter.repeat(length))
  return [...repeated, 'a '.repeat(length / 2), 'a.'.repeat(length / 2), `${'\n'.repeat(length)}x`]
}

test('no pattern of the sources is stopped by 100 kB of what it likes least', () => {
  const found = patterns()
  expect(found.length).toBeGreaterThan(100)
  const slow = found.filter(({ pattern }) => {
    const began = performance.now()
    for (const input of hardInputs(pattern)) input.match(pattern)
    return performance.now() - began > tooLongMs
  })
  expect(slow.map(({ at }) => at)).toEqual([])
})

test.each([
  ['(a+)+b', ''],
  ['\\s+$', ''],
  ['([a-z][a-z0-9+.-]*:\\/\\/)[^\\s/@\'"]+@', 'gi'],
])('the lint knows /%s/%s for slow', (source, flags) => {
  expect(slownessOf({ source, flags })).toMatch(/grows (exponentially|faster than linearly) with many of/)
})

test('a pattern that is put together at run time is found, too', () => {
  expect(patternsOf('x.ts', 'const a = new RegExp(b)\nconst c = /d/g')).toEqual([
    { line: 1, text: 'new RegExp(b)' },
    { line: 2, text: '/d/g', pattern: { source: 'd', flags: 'g' } },
  ])
})
