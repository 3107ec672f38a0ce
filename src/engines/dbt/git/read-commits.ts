import type { Commit, CommitFacts } from '../../../domain/runs/commit-facts.ts'
import { hideCredentials } from '../../../util/text/hide-credentials.ts'
import { hidden, type SecretScrubber } from '../../steps/secrets/secret-scrubber.ts'
import type { Mirror } from './git-mirror.ts'

const mostCommits = 20
const mostText = 120

/**
 * Asks git for a commit, and for those since `goodSha`. Answers undefined where git tells nothing: a run does not fail for
 * that. A branch that was rewritten since has another history, in which the good commit may be missing.
 */
export async function readCommits(
  mirror: Mirror,
  sha: string,
  goodSha: string | undefined,
  secrets: SecretScrubber,
): Promise<CommitFacts | undefined> {
  const [[own], since] = await Promise.all([
    logOf(mirror, ['-1', sha], secrets),
    goodSha === undefined || goodSha === sha
      ? []
      : logOf(mirror, [`-${mostCommits + 1}`, `${goodSha}..${sha}`], secrets),
  ])
  if (own === undefined) return undefined
  const { author, subject } = own
  if (goodSha === undefined || since.length === 0) return { author, subject }
  const commits = since.slice(0, mostCommits)
  return { author, subject, since: { sha: goodSha, commits, hasMore: since.length > mostCommits } }
}

async function logOf({ git, folder }: Mirror, which: readonly string[], secrets: SecretScrubber): Promise<Commit[]> {
  const format = ['--no-show-signature', '--format=%H%x00%an%x00%s']
  const { stdout } = await git.ask(['--git-dir', folder, 'log', ...format, ...which, '--'])
  const show = (text: string) => {
    const clean = hideCredentials(text.replace(/\p{Cc}/gu, ' ').slice(0, mostText + secrets.reach), hidden)
    return secrets.scrubHead(clean, mostText)
  }
  return stdout.split('\n').flatMap((line) => {
    const [sha = '', author, subject] = line.split('\0')
    return author === undefined || subject === undefined ? [] : [{ sha, author: show(author), subject: show(subject) }]
  })
}
