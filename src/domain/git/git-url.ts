/** Says where a git repository is, apart from the secret that may stand in its address. */
export interface GitUrl {
  /** It has no credentials: it may be shown, logged and passed as an argument. */
  readonly address: string
  /** The path is behind the host and has no `.git`: `acme/shop`. */
  readonly fullName: string
  /** The folder of this machine that git would read. */
  readonly folder?: string
  /** The origin is `https://host:port`, of http and https only. */
  readonly origin?: string
  readonly credentials?: { readonly user: string; readonly password: string }
}

const schemes = new Set(['http:', 'https:', 'ssh:', 'git:'])

/**
 * The only reader of git addresses: what it understands can be cloned. It is undefined for anything else, above all for
 * `name::address`, which runs a helper program of that name, and for what git would take as an option.
 */
export function parseGitUrl(text: string): GitUrl | undefined {
  if (/\p{Cc}/u.test(text)) return undefined
  if (/^(\/|\.{1,2}\/|~\/)/.test(text) || text === '.' || text === '..') return local(text, text)
  if (/^file:/i.test(text)) return parseFileUrl(text)
  // `user@host:path`: no "//" behind the colon.
  const short = /^(?!-)[\w.-]+@(?!-)[\w.-]+:(?!\/\/)(\S+)$/.exec(text)
  if (short !== null) return { address: text, fullName: nameOf(short[1] ?? '') }
  // Web addresses are read as browsers read them, which take "///x/y" and "//\x/y" for the host x; git does not.
  return /^[a-z]+:\/\/[^\s/\\][^\s\\]*$/i.test(text) && URL.canParse(text) ? parseRemoteUrl(text) : undefined
}

/** The folder of this machine that git would read, if any: its path must be allowed like any other. */
export function localPathOfGitUrl(text: string): string | undefined {
  return parseGitUrl(text)?.folder
}

/** The address as it may be shown. One that cannot be read, of a row from before it was checked, might hold a secret: empty. */
export function shownGitUrl(text: string): string {
  return parseGitUrl(text)?.address ?? ''
}

/** The stored address when the given one is how that is shown, without its credentials; else the given one. */
export function keptGitUrl(given: string, stored: string | null): string {
  return stored !== null && shownGitUrl(stored) === given ? stored : given
}

/** Says what is expected of a repository's address when `text` is not one that may be kept; else undefined. */
export function gitUrlProblem(text: string): string | undefined {
  const url = parseGitUrl(text)
  if (url === undefined) return /^file:/i.test(text) ? 'a local address such as file:///srv/repository' : expected
  if (url.credentials === undefined) return undefined
  return 'an address without user and password; use an SSH address, or give git a credential helper on the machine that runs the jobs'
}

const expected =
  'the address of a git repository: https://…, http://…, ssh://…, git@host:…, or a local path that begins with "/" or "./"'

/** The folder as git reads it, to which "?", "#", "\\" and ".." mean nothing but what they mean in a path. */
function parseFileUrl(text: string): GitUrl | undefined {
  const [, written] = /^file:\/\/(?:localhost)?(\/.*)$/i.exec(text) ?? []
  const folder = written && decoded(written)
  return folder && !/\p{Cc}/u.test(folder) ? local(text, folder) : undefined
}

function parseRemoteUrl(text: string): GitUrl | undefined {
  const url = new URL(text)
  const user = decoded(url.username)
  const password = decoded(url.password)
  if (!schemes.has(url.protocol) || !/^(\[[\da-f:.]+\]|\w[\w.-]*)$/i.test(url.hostname)) return undefined
  if (user === undefined || password === undefined || user.startsWith('-')) return undefined
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  // Over ssh a user is an account's name; elsewhere it may be a token.
  const isSecret = password !== '' || (user !== '' && url.protocol !== 'ssh:')
  if (isSecret) {
    url.password = ''
    if (url.protocol !== 'ssh:') url.username = ''
  }
  return {
    address: isSecret ? url.href : text,
    fullName: nameOf(url.pathname),
    ...(isWeb && { origin: url.origin }),
    ...(isSecret && { credentials: { user, password } }),
  }
}

function local(address: string, folder: string): GitUrl {
  return { address, folder, fullName: nameOf(folder) }
}

function nameOf(path: string): string {
  return path
    .replace(/^\/+/, '')
    .replace(/\/$/, '')
    .replace(/\.git$/, '')
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // a "%" that stands for nothing
  }
}
