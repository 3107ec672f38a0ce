import { InvalidRequestError } from '../../../domain/errors.ts'

/** Deeper than any document of Stratus; what walks through values by recursion is safe within it. */
const maxDepth = 64

/** Throws InvalidRequestError for JSON that is nested too deeply. It looks at the text: parsing may already be too much. */
export function assertShallow(json: string): void {
  let depth = 0
  let inText = false
  for (let position = 0; position < json.length; position++) {
    const code = json.charCodeAt(position)
    if (inText) {
      if (code === backslash) position++
      else if (code === quote) inText = false
    } else if (code === quote) inText = true
    else if (code === openBracket || code === openBrace) {
      if (++depth > maxDepth) throw tooDeep()
    } else if (code === closeBracket || code === closeBrace) depth--
  }
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [34, 92, 91, 93, 123, 125]

function tooDeep(): InvalidRequestError {
  return new InvalidRequestError('The request body is nested too deeply.', {
    fields: { body: `Expected JSON with at most ${maxDepth} levels.` },
  })
}
