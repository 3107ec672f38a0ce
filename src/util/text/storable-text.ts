/** `text` as PostgreSQL can keep it, in JSON too: no NUL, and no half of a character that was cut in two. */
export function storableText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\uFFFD')
}

/** It is true when PostgreSQL can keep the text as it is. */
export function isStorable(text: string): boolean {
  return storableText(text) === text
}
