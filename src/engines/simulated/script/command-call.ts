import type { Invocation } from '../files/invocation.ts'
import type { GraphNode } from '../graph/node-graph.ts'
import type { ScriptWriter } from './step-script.ts'

/** A command's own script works with this, once dbt has started. */
export interface CommandCall {
  readonly invocation: Invocation
  readonly writer: ScriptWriter
  /** Says when dbt has read the project and comes to the nodes. */
  readonly readyMs: number
  readonly nodes: readonly GraphNode[]
  /** It is true for the command that `fail_first` makes fail. */
  readonly mustFail: boolean
}
