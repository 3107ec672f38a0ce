import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/paths.mjs'

/** What the tests noted in a folder: which saw which operation succeed. */
export function readEvidence(evidenceDir) {
  return readdirSync(evidenceDir).flatMap((file) =>
    readFileSync(path.join(evidenceDir, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  )
}

/** Finds for each operation the test that is about the fewest others and whose title stands in its file as it is. */
export function bestProofs(lines) {
  const operationsOf = new Map()
  for (const { operation, testPath, test } of lines) {
    const id = `${testPath} ${test}`
    operationsOf.set(id, (operationsOf.get(id) ?? new Set()).add(operation))
  }
  const best = new Map()
  const ranked = lines
    .map((line) => ({ ...line, others: operationsOf.get(`${line.testPath} ${line.test}`).size }))
    .sort(
      (a, b) =>
        distanceOf(a) - distanceOf(b) ||
        a.others - b.others ||
        a.testPath.localeCompare(b.testPath) ||
        a.test.localeCompare(b.test),
    )
  for (const { operation, testPath, test } of ranked) {
    const title = titlesIn(testPath).find(({ pattern }) => pattern.test(test))?.title
    if (title !== undefined && !best.has(operation)) best.set(operation, [path.relative(root, testPath), title])
  }
  return best
}

/** Tests of the thing itself come first, those of what it belongs to next, and those of what all operations share last. */
function distanceOf({ operation, testPath }) {
  const [account, ...others] = operation.split('/').filter((part) => /^[a-z-]+$/.test(part) && part !== 'api')
  const things = others.length > 0 ? others.reverse() : [account]
  const thing = things.findIndex((name) => testPath.includes(`/api/${name}/`))
  if (thing !== -1) return thing
  return /api\/(http\/|accounts\/|fuzz|permissions)/.test(testPath) ? things.length + 1 : things.length
}

/** The longest first, each with what jest makes of it: a row of `test.each` puts its values into the title. */
function titlesIn(file) {
  const found = [...readFileSync(file, 'utf8').matchAll(/(?:\btest|\])\)?\(\s*(['"`])((?:(?!\1)[^\\]|\\.)+)\1,/g)]
  return found
    .map(([, , written]) => written.replaceAll("\\'", "'"))
    .sort((a, b) => b.length - a.length)
    .map((title) => ({ title, pattern: patternOf(title) }))
}

function patternOf(title) {
  const parts = title.split(/%[sdifjopc#%$]/).map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
  return new RegExp(`${parts.join('.+')}$`)
}
