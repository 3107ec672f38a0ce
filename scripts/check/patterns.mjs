import { readdirSync } from 'node:fs'
import path from 'node:path'
import { analyse } from 'scslre'
import ts from 'typescript'
import { root } from '../lib/paths.mjs'

/** The program's own files, from the checkout's root; tests are not among them. */
export function sourceFiles() {
  return readdirSync(path.join(root, 'src'), { recursive: true })
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.(test|generated)\.ts$/.test(name))
    .map((name) => path.join('src', name))
    .sort()
}

/** Finds the regular expressions of a file's text; `pattern` is absent for one that is put together at run time. */
export function patternsOf(file, content) {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true)
  const found = []
  const visit = (node) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      found.push({
        line,
        text: node.text,
        pattern: { source: node.text.slice(1, end), flags: node.text.slice(end + 1) },
      })
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') {
      found.push({ line, text: node.getText() })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Says in words how a pattern is slow, with the input that makes it so; it is undefined for one that is linear. */
export function slownessOf(pattern) {
  const [report] = analyse(pattern, { reportTypes: { Move: true } }).reports
  if (report === undefined) return undefined
  const growth = report.exponential ? 'exponentially' : 'faster than linearly'
  return `grows ${growth} with many of ${report.character.literal.source}`
}
