import { oneLine } from '../../../../util/text/one-line.ts'
import { type DbtEvent, recordIn, textIn } from '../log/dbt-event.ts'

/** A node that failed, as the events of a run tell it. */
export interface FailedNode {
  readonly uniqueId: string
  readonly name: string
  readonly resourceType: string
  /** The path is from the project's folder; dbt 2 gives it from the model's own folder. */
  readonly path: string | undefined
  readonly status: string
  /** The reason as far as an event tells it. */
  readonly reason: string
}

const maxNodes = 100
const maxReason = 4000
const failedStatuses = new Set(['error', 'fail', 'runtime error'])

/** Remembers, with bounded memory, what the output of one dbt invocation said about failures. */
export class FailureNotes {
  readonly #nodes = new Map<string, FailedNode>()
  #invocationId: string | undefined
  #version: string | undefined
  #lastError: string | undefined
  #fatal: string | undefined
  #operation: string | undefined
  #lastPlainLine: string | undefined
  #isInterrupted = false
  #saysWhy = false

  /** Somebody sent dbt a SIGINT. It says the same of a hook that failed, but then it also says why. */
  get isInterrupted(): boolean {
    return this.#isInterrupted && !this.#saysWhy
  }

  get invocationId(): string | undefined {
    return this.#invocationId
  }

  /** dbt's own version, once it said it. */
  get version(): string | undefined {
    return this.#version
  }

  /** Says in one line what ended the whole invocation. */
  get fatal(): string | undefined {
    return this.#fatal ?? this.#lastError ?? this.#lastPlainLine
  }

  /** Says why a macro that `run-operation` ran has failed: its result does not say it. */
  get operation(): string | undefined {
    return this.#operation
  }

  get failedNodes(): readonly FailedNode[] {
    return [...this.#nodes.values()]
  }

  hear(event: DbtEvent): void {
    this.#invocationId ??= event.invocationId
    if (event.name === 'MainReportVersion') this.#version ??= versionIn(event)
    if (event.name === 'RunningOperationCaughtError') this.#operation = reasonIn(event, 'exc')
    if (event.name === 'MainEncounteredError') {
      this.#fatal = oneLine(reasonIn(event, 'exc'))
      this.#saysWhy = (textIn(event.data, 'exc') ?? '').trim() !== ''
    } else if (event.level === 'error' && event.msg.trim() !== '') this.#lastError = oneLine(event.msg)
    if (event.name === 'EndOfRunSummary') this.#isInterrupted ||= event.data.keyboard_interrupt === true
    this.#hearNode(event)
  }

  /** Notes what a program says outside its events, above all about wrong options. */
  hearPlainLines(lines: readonly string[]): void {
    for (let index = lines.length - 1; index >= 0; index--) {
      const text = (lines[index] ?? '').slice(0, maxReason).trim()
      if (text === '') continue
      this.#lastPlainLine = text.replace(/^Error: /, '')
      return
    }
  }

  #hearNode(event: DbtEvent): void {
    // Its path is that of the compiled file, not of the node.
    if (event.name === 'SQLCompiledPath') return
    const { data } = event
    const node = recordIn(data, 'node_info')
    const uniqueId = textIn(node, 'unique_id')
    if (node === undefined || uniqueId === undefined) return
    const known = this.#nodes.get(uniqueId)
    const status = textIn(node, 'node_status') ?? ''
    // The status of a unit test says how many rows differ.
    const failed = failedStatuses.has(status) || event.name === 'RunResultFailure' || event.name === 'RunResultError'
    if (known === undefined && (!failed || this.#nodes.size >= maxNodes)) return
    this.#nodes.set(uniqueId, {
      uniqueId,
      name: textIn(node, 'node_name') ?? uniqueId,
      resourceType: textIn(node, 'resource_type') ?? 'node',
      path: textIn(data, 'path') ?? known?.path ?? textIn(node, 'node_path'),
      status: failedStatuses.has(status) ? status : (known?.status ?? 'error'),
      reason: event.name === 'RunResultError' ? reasonIn(event, 'msg') : (known?.reason ?? resultMessage(data)),
    })
  }
}

/** Its operator is left out; it is nothing if dbt has hidden a part of it. */
function versionIn({ data }: DbtEvent): string | undefined {
  const version = textIn(data, 'version')?.replace(/^=+/, '')
  return version?.includes('*') ? undefined : version
}

function reasonIn({ data, msg }: DbtEvent, key: string): string {
  return (textIn(data, key) || msg).slice(0, maxReason)
}

/** dbt 2, and seeds of dbt 1, have the reason beside the result. */
function resultMessage(data: DbtEvent['data']): string {
  const message = textIn(data, 'result_message') ?? textIn(recordIn(data, 'run_result'), 'message') ?? ''
  return message.slice(0, maxReason)
}
