import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/paths.mjs'

/** Reads what the tests noted in a folder: which saw which operation succeed. */
export function readEvidence(evidenceDir) {
  return readdirSync(evidenceDir).flatMap((file) =>
    readFileSync(path.join(evidenceDir, file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  )
}

/** Finds for each operation the test that says most of it, among those whose title stands in their file. */
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
        weaknessOf(a) - weaknessOf(b) ||
        distanceOf(a) - distanceOf(b) ||
        a.others - b.others ||
        a.testPath.localeCompare(b.testPath) ||
        a.test.localeCompare(b.test),
    )
  for (const { operation, testPath, test } of ranked) {
    if (best.has(operation)) continue
    const title = titlesIn(testPath).find(({ pattern }) => pattern.test(test))?.title
    if (title !== undefined) best.set(operation, [path.relative(root, testPath), title])
  }
  return best
}

/** A test that is about a refusal sees the operation succeed by the way; a good one has in its title what is done. */
function weaknessOf({ operation, testPath, test }) {
  if (/api\/(http\/|fuzz|permissions)/.test(testPath)) return 4
  if (/refused|wrong|may not|taken|nobody|never|no other|nothing|cannot|\bnot\b|\bnor\b|what a token/.test(test))
    return 3
  if (!testPath.includes('/test/api/')) return 2
  return actionOf(operation).test(test) ? 0 : 1
}

function actionOf(operation) {
  const [method, route] = operation.split(' ')
  const action = /\/(cancel|retry|rerun|timing|nodes|apply|export)\/$/.exec(route)
  if (action) return new RegExp(action[1].replace(/(s|y)$/, ''))
  if (method === 'DELETE') return /delet|destroy|revok|remov/
  if (method === 'GET') return /\}\/?$/.test(route) ? /\bread|show|says|tell|come|\bhas\b/ : /list|found|among|come/
  if (method === 'POST' && !/\}\/?$/.test(route)) return /\bmade|creat|trigger/
  return /chang|updat|renam|replac/
}

/** Tests of the thing itself come first, those of what it belongs to next, and those of what all operations share last. */
function distanceOf({ operation, testPath }) {
  const [account, ...others] = operation.split('/').filter((part) => /^[a-z-]+$/.test(part) && part !== 'api')
  const things = others.length > 0 ? others.reverse() : [account]
  const thing = things.findIndex((name) => testPath.includes(`/api/${name}/`))
  if (thing !== -1) return thing
  return things.length
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
