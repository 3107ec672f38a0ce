import { StepFailure } from './step-failure.ts'

/** Where a repository is, apart from the secret that opens it. */
export interface GitAddress {
  /** Without credentials: may be logged and passed as an argument. */
  readonly url: string
  /** Given to git by its environment, never as an argument, where every user of the machine could read it. */
  readonly variables: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

const schemes = new Set(['file', 'https', 'ssh', 'git'])

export function parseGitAddress(text: string): GitAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase()
  // Without a scheme: a path, or `user@host:path`, which is ssh. `name::address` would run a helper program of that name.
  if (scheme === undefined) {
    if (text === '' || text.startsWith('-') || /^[\w+.-]+::/.test(text)) throw unusable(text)
    return { url: text, variables: {}, secrets: [] }
  }
  if (!schemes.has(scheme) || !URL.canParse(text)) throw unusable(text)
  const url = new URL(text)
  const { username, password } = url
  if (scheme !== 'https' || (username === '' && password === '')) {
    url.password = ''
    return { url: url.href, variables: {}, secrets: password === '' ? [] : [decodeURIComponent(password)] }
  }
  url.username = ''
  url.password = ''
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const encoded = Buffer.from(credentials).toString('base64')
  return {
    url: url.href,
    variables: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${url.origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${encoded}`,
    },
    // A token may stand in either place.
    secrets: [decodeURIComponent(password === '' ? username : password), encoded],
  }
}

function unusable(text: string): StepFailure {
  const shown = text.replace(/\/\/[^@/]*@/, '//*****@')
  return new StepFailure(
    `\`${shown}\` is not an address of a git repository: https, ssh, git, file or a path is expected.`,
  )
}
