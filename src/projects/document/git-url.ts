const secretAdvice = 'use an SSH address, or give git a credential helper on the machine that runs the jobs'

/** Whether git would read a folder of this machine: its path must be allowed like any other. */
export function localPathOfGitUrl(url: string): string | undefined {
  if (/^(\/|\.{1,2}\/|~\/)/.test(url) || url === '.' || url === '..') return url
  if (!/^file:/i.test(url)) return undefined
  return URL.canParse(url) ? decodeURIComponent(new URL(url).pathname) : url.slice('file:'.length)
}

/** What is expected of a repository's address when `url` is not one, or undefined. */
export function gitUrlProblem(url: string): string | undefined {
  if (localPathOfGitUrl(url) !== undefined) return localUrlProblem(url)
  const scheme = /^([a-z][a-z0-9+.-]*):(:?)/i.exec(url)
  // `host:path`: a host has no "//" behind its colon.
  if (/^(?!-)[\w.-]+@(?!-)[\w.-]+:(?!\/\/)\S+$/.test(url)) return undefined
  if (scheme === null || scheme[2] === ':' || !URL.canParse(url)) return expected
  const { protocol, username, password, hostname } = new URL(url)
  if (!/^(https?|ssh|git):$/.test(protocol) || hostname === '' || hostname.startsWith('-')) return expected
  const namesSecret = password !== '' || (username !== '' && protocol !== 'ssh:')
  if (namesSecret) return `an address without user and password; ${secretAdvice}`
  return username.startsWith('-') ? expected : undefined
}

const expected =
  'the address of a git repository: https://…, ssh://…, git@host:…, or a local path that begins with "/" or "./"'

function localUrlProblem(url: string): string | undefined {
  if (!/^file:/i.test(url)) return undefined
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed && (parsed.hostname === '' || parsed.hostname === 'localhost') && /^file:\/\//i.test(url)
    ? undefined
    : 'a local address such as file:///srv/repository'
}
