// Run by `npm run check`; every regular expression of src/ must take time that grows linearly with its input.
// A pattern that backtracks lets whoever controls a text stop the whole process.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../lib/paths.mjs'
import { patternsOf, slownessOf, sourceFiles } from './patterns.mjs'

/** Gives a line for each problem. */
function problemsOf(file) {
  return patternsOf(file, readFileSync(path.join(root, file), 'utf8')).flatMap(({ line, text, pattern }) => {
    if (pattern === undefined) return [`${file}:${line}: ${text} is made at run time, where nothing can check it`]
    const slowness = slownessOf(pattern)
    return slowness === undefined ? [] : [`${file}:${line}: ${text} ${slowness}`]
  })
}

const problems = sourceFiles().flatMap(problemsOf)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
