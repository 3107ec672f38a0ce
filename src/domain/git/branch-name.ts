/** It is true for what git takes for the name of a branch: no option, no other revision, no folder above. */
export function isBranchName(text: string): boolean {
  return !/^[-/.]|[\s\p{Cc}~^:?*[\\]|\.\.|\/\/|@\{|[/.]$|\.lock$/u.test(text)
}
