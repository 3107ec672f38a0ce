import { parseGitUrl } from '../../../domain/git/git-url.ts'
import { hideCredentials } from '../../../util/text/hide-credentials.ts'
import { StepFailure } from '../../steps/step-failure.ts'

/** Everything that git is told of a repository. */
export interface GitAddress {
  /** It has no credentials: it may be logged and passed as an argument. */
  readonly url: string
  /** It is given to git by its environment, never as an argument, where every user of the machine could read it. */
  readonly variables: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

export function readGitAddress(text: string): GitAddress {
  const parsed = parseGitUrl(text)
  if (parsed === undefined) throw unusable(text)
  const { address: url, origin, credentials } = parsed
  if (credentials === undefined) return { url, variables: {}, secrets: [] }
  const { user, password } = credentials
  // A token may stand in either place.
  const secret = password === '' ? user : password
  if (origin === undefined) return { url, variables: {}, secrets: [secret] }
  const encoded = Buffer.from(`${user}:${password}`).toString('base64')
  return {
    url,
    variables: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${encoded}`,
    },
    secrets: [secret, encoded],
  }
}

function unusable(text: string): StepFailure {
  const shown = hideCredentials(text, '*****')
  return new StepFailure(
    `\`${shown}\` is not an address of a git repository: https, http, ssh, git, file or a path is expected.`,
  )
}
