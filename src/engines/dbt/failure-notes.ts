import { oneLine } from '../../util/one-line.ts'
import { type DbtEvent, recordIn, textIn } from './dbt-event.ts'

/** A node that failed, as the events of a run tell it. */
export interface FailedNode {
  readonly uniqueId: string
  readonly name: string
  readonly resourceType: string
  /** Of the file, from the project's folder; dbt 2 gives it from the model's own folder. */
  readonly path: string | undefined
}

const maxNodes = 100
const failedStatuses = new Set(['error', 'fail', 'runtime error'])

/** Remembers, with bounded memory, what the output of one dbt invocation said about failures. */
export class FailureNotes {
  readonly #nodes = new Map<string, FailedNode>()
  #invocationId: string | undefined
  #version: string | undefined
  #lastError: string | undefined
  #fatal: string | undefined
  #lastPlainLine: string | undefined

  get invocationId(): string | undefined {
    return this.#invocationId
  }

  /** dbt's own version, once it said it. */
  get version(): string | undefined {
    return this.#version
  }

  /** What ended the whole invocation, in one line. */
  get fatal(): string | undefined {
    return this.#fatal ?? this.#lastError ?? this.#lastPlainLine
  }

  get failedNodes(): readonly FailedNode[] {
    return [...this.#nodes.values()]
  }

  hear(event: DbtEvent): void {
    this.#invocationId ??= event.invocationId
    if (event.name === 'MainReportVersion') this.#version = textIn(event.data, 'version')?.replace(/^=+/, '')
    if (event.name === 'MainEncounteredError') this.#fatal = oneLine(textIn(event.data, 'exc') || event.msg)
    else if (event.level === 'error' && event.msg.trim() !== '') this.#lastError = oneLine(event.msg)
    this.#hearNode(event)
  }

  /** What a program says outside its events, above all about wrong options. */
  hearPlainLine(line: string): void {
    const text = line.trim()
    if (text !== '') this.#lastPlainLine = text.replace(/^Error: /, '')
  }

  #hearNode({ name, data }: DbtEvent): void {
    // Its path is that of the compiled file, not of the node.
    if (name === 'SQLCompiledPath') return
    const node = recordIn(data, 'node_info')
    const uniqueId = textIn(node, 'unique_id')
    if (node === undefined || uniqueId === undefined) return
    const known = this.#nodes.get(uniqueId)
    const failed = failedStatuses.has(textIn(node, 'node_status') ?? '')
    if (known === undefined && (!failed || this.#nodes.size >= maxNodes)) return
    this.#nodes.set(uniqueId, {
      uniqueId,
      name: textIn(node, 'node_name') ?? uniqueId,
      resourceType: textIn(node, 'resource_type') ?? 'node',
      path: textIn(data, 'path') ?? known?.path ?? textIn(node, 'node_path'),
    })
  }
}
