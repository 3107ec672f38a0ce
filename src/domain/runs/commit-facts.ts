/** The code of a run, as git tells of it. */
export interface CommitFacts {
  readonly author: string
  /** It is the first line of the commit's message. */
  readonly subject: string
  /** For a run that failed: the commits since the last run of the job that did not, the newest first. */
  readonly since?: CommitsSince
}

export interface CommitsSince {
  readonly sha: string
  readonly commits: readonly Commit[]
  readonly hasMore: boolean
}

export interface Commit {
  readonly sha: string
  readonly author: string
  readonly subject: string
}
