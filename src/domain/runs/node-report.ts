/** This is known of a node of one step by now. Absent keys were told before, or are not known. */
export interface NodeReport {
  /** dbt gives it, as in `model.shop.orders`. */
  readonly uniqueId: string
  /** It is dbt's word, and `running` from its start until its end. */
  readonly status: string
  readonly description?: NodeDescription
  readonly startedAt?: string
  readonly finishedAt?: string
  /** It is dbt's `execution_time`: from before it was compiled until after it was executed. */
  readonly seconds?: number
  readonly compileSeconds?: number
  readonly executeSeconds?: number
  readonly thread?: string
  readonly rowsAffected?: number
  readonly bytesProcessed?: number
  /** The rows that a test found. */
  readonly failures?: number
  /** The reason of a failure, or what the adapter said; cut to the length that `mostMessage` names. */
  readonly message?: string
  /** When the last of the nodes that it depends on was done. */
  readonly readyAt?: string
  /** True for the nodes of the chain of dependencies that took longest. */
  readonly isCritical?: boolean
  /** A reader of its failure needs this besides the message. */
  readonly failure?: NodeFailure
}

export interface NodeFailure {
  /** It counts the lines of the node's own file. */
  readonly line?: number
  /** Where its compiled code is among the run's artifacts. */
  readonly compiledPath?: string
  readonly excerpt?: CodeExcerpt
  /** How many nodes were skipped that depend on it. */
  readonly skipped: number
  /** Some names of exposures that depend on it, and how many there are. */
  readonly exposures: readonly string[]
  readonly exposureCount: number
}

/** Lines of code around an error, or the first ones where its line is not known. */
export interface CodeExcerpt {
  /** dbt could not compile a node whose code is its source. */
  readonly of: 'compiled' | 'source'
  /** The number of the first of the lines. */
  readonly first: number
  /** The line with this number has the error. */
  readonly line?: number
  readonly lines: readonly string[]
}

/** A node is described apart from what became of it in a run. An event knows less of it than a manifest. */
export interface NodeDescription {
  readonly name: string
  readonly resourceType: string
  readonly packageName?: string
  /** The path leads to its file from the project's folder. */
  readonly path?: string
  readonly group?: string
  /** The name, or else the address, of the owner of its group, or of an exposure. */
  readonly owner?: string
  readonly tags?: readonly string[]
}

/** dbt's own ids are much shorter: a longer one is none. PostgreSQL's indexes take no more than 2,700 bytes. */
export const mostUniqueId = 800

/** Other texts about a node are cut to this length. */
export const mostText = 1_000

/** The whole message stands in the log. */
export const mostMessage = 2_000

/** The nodes of one step that are kept; the largest projects have some 20,000. */
export const mostNodes = 50_000

/** The failures of a step of which more is kept than of other nodes. */
export const mostFailures = 20

/** The names of exposures that are kept of a failure. */
export const mostExposures = 10

/** Each line of an excerpt is cut to this length. */
export const mostCodeLine = 200
