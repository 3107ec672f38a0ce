import { InvalidRequestError } from '../../../domain/errors.ts'
import { documentProblems } from './document-rules.ts'
import { sizeProblem } from './document-size.ts'
import { expectationOf, explainIssues, mostProblems } from './explain-issues.ts'
import { type Problem, pathText } from './problem.ts'
import { type StratusDocument, stratusDocument } from './stratus-document.ts'

export type CheckedDocument =
  | { readonly ok: true; readonly document: StratusDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Checks data of any shape and finds every mistake at once. The same on both sides of the wire. */
export function checkDocument(data: unknown, fromEnv: ReadonlyMap<string, string> = new Map()): CheckedDocument {
  const tooMuch = sizeProblem(data)
  if (tooMuch !== undefined) return { ok: false, problems: [tooMuch] }
  const parsed = stratusDocument.safeParse(data, { error: expectationOf })
  const issues = parsed.success ? [] : explainIssues(parsed.error.issues, data, fromEnv)
  const problems = [...issues, ...documentProblems(data)].slice(0, mostProblems)
  return parsed.success && problems.length === 0 ? { ok: true, document: parsed.data } : { ok: false, problems }
}

/** The mistakes as one error, a line for each, for callers who have no file to point into. */
export function invalidDocument(problems: readonly Problem[]): InvalidRequestError {
  const shown = problems.slice(0, mostProblems)
  const lines = shown.map(({ path, message }) => `${pathText(path)}: ${message}`)
  const fields = Object.fromEntries(shown.map(({ path, message }) => [pathText(path), message]))
  const head = problems.length === 1 ? 'The document has a mistake:' : `The document has ${problems.length} mistakes:`
  return new InvalidRequestError([head, ...lines].join('\n'), { fields })
}
