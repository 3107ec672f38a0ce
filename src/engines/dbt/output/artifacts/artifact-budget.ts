const megabyte = 1024 * 1024

/** So many files of one run are artifacts; each is a row of the database. */
const maxFiles = 10_000

/** So many times the largest artifact may all of a run have together. */
const wholeInLargest = 8

/** dbt writes few documents of its own in each step; others read them, so that however many other files there are costs no document. */
const documents = new Set([
  ...['manifest.json', 'run_results.json', 'sources.json', 'catalog.json', 'semantic_manifest.json'],
  ...['index.html', 'static_index.html', 'graph.gpickle', 'graph_summary.json'],
])

/** Bounds what the artifacts of one run come to, all steps together. */
export class ArtifactBudget {
  readonly #maxBytes: number
  #files = 0
  #bytes = 0

  constructor(maxBytesOfOne: number) {
    this.#maxBytes = maxBytesOfOne
  }

  /** Takes room for one more; answers why there is none. */
  take(relativePath: string, size: number): string | undefined {
    const isDocument = documents.has(relativePath)
    if (size > this.#maxBytes)
      return `it has ${megabytes(size)} MB, and STRATUS_MAX_ARTIFACT_MB is ${megabytes(this.#maxBytes)}`
    if (!isDocument && this.#files >= maxFiles) return `a run has at most ${maxFiles} artifacts`
    const whole = wholeInLargest * this.#maxBytes
    if (this.#bytes + size > whole)
      return `all artifacts of a run have at most ${megabytes(whole)} MB, ${wholeInLargest} times STRATUS_MAX_ARTIFACT_MB`
    this.#bytes += size
    if (!isDocument) this.#files++
    return undefined
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / megabyte)
}
