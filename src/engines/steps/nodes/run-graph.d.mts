/** This much of a node is needed; one that the invocation did not work on has no status. */
export interface GraphNode {
  readonly dependsOn: readonly string[]
  readonly isTest?: boolean
  readonly isExposure?: boolean
  readonly name?: string | undefined
  readonly status?: string | undefined
  readonly seconds?: number | undefined
  readonly finishedAt?: string | undefined
}

export interface NodePlace {
  readonly readyAt: string | undefined
  readonly isCritical: boolean
}

export interface Affected {
  readonly skipped: number
  readonly exposures: string[]
  readonly exposureCount: number
}

export interface RunGraph {
  placeOf(id: string): NodePlace
  /** Which nodes that depend on this one were skipped, and which exposures depend on it. */
  affectedBy(id: string, mostExposures: number): Affected
}

/** Works out what the dependencies of an invocation's nodes say of them, in the time that it takes to look at each once. */
export function runGraph(nodes: ReadonlyMap<string, GraphNode>): RunGraph
