/** It is true for the id of a git commit, or its first digits. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{4,64}$/i.test(text)
}
