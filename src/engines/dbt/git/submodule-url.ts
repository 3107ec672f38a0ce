/**
 * The address of a submodule that is written relative to its repository's, by git's own rules. It is undefined when it
 * leads out of the address.
 */
export function submoduleUrl(repository: string, written: string): string | undefined {
  if (!/^\.{1,2}\//.test(written)) return written
  let base = repository.replace(/\/$/, '')
  let rest = written
  let separator = '/'
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2)
    else if (rest.startsWith('../')) {
      rest = rest.slice(3)
      const slash = base.lastIndexOf('/')
      const cut = slash > 0 ? slash : base.lastIndexOf(':')
      if (cut <= 0) return undefined
      separator = base[cut] ?? '/'
      base = base.slice(0, cut)
    } else break
  }
  return `${base}${separator}${rest}`.replace(/\/$/, '')
}
