export type DocumentPath = readonly (string | number)[]

/** A mistake in a document says where it is and, in one line, what was got and what is expected. */
export interface Problem {
  readonly path: DocumentPath
  /** The fault is in the key itself or in its value. */
  readonly at: 'key' | 'value'
  readonly message: string
}

export function problem(path: DocumentPath, message: string, at: Problem['at'] = 'value'): Problem {
  return { path, at, message }
}

/** `projects[0].environments[1].name`; the document itself is `(document)`. */
export function pathText(path: DocumentPath): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')
  return text === '' ? '(document)' : text.replace(/^\./, '')
}
