import { isMapping } from '../../../util/objects/mapping.ts'
import { type Problem, problem } from './problem.ts'

/** The server does nothing else while it checks a document, for some 200 ms at so many values. */
const mostValues = 30_000

/** Says that a document has more in it than is checked at once; what runs are simulated by, manifests above all, apart. */
export function sizeProblem(data: unknown): Problem | undefined {
  const values = countValues(data)
  if (values <= mostValues) return undefined
  const advice = 'Apply it in parts: what a document does not name stays as it is'
  return problem([], `got ${values} values, expected at most ${mostValues}. ${advice}`)
}

function countValues(data: unknown): number {
  let values = 0
  const waiting = [data]
  while (waiting.length > 0) {
    const value = waiting.pop()
    values += 1
    if (Array.isArray(value)) for (const item of value) waiting.push(item)
    else if (isMapping(value)) {
      for (const [key, item] of Object.entries(value)) if (key !== 'simulation') waiting.push(item)
    }
  }
  return values
}
