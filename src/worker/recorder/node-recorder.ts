import { mostNodes, type NodeReport } from '../../domain/runs/node-report.ts'
import { storableText } from '../../util/text/storable-text.ts'
import { type StepNode, writeNodes } from './node-writes.ts'
import type { StepStore } from './step-writes.ts'
import type { WriteQueue } from './write-queue.ts'

/** Says how many nodes are written at once, and how long they are gathered: nobody sees more often what a run does. */
const nodesAtOnce = 1_000
const pauseMs = 250

/** Whoever reports waits while so many are not written. */
const mostWaiting = 5 * nodesAtOnce

/** Gathers what is reported of nodes and writes it now and then: of a node only what is known by then. */
export class NodeRecorder {
  readonly #store: StepStore
  readonly #writes: WriteQueue
  readonly #waiting = new Map<string, StepNode>()
  readonly #ids = new Map<string, number>()
  /** Holds the nodes that each step had so far. */
  readonly #seen = new Map<number, Set<string>>()
  #isShowing = false

  constructor(store: StepStore, writes: WriteQueue) {
    this.#store = store
    this.#writes = writes
  }

  /** Resolves when more can be taken. More nodes than any project has are passed over. */
  async report(step: number, told: NodeReport): Promise<void> {
    const node = { ...told, uniqueId: storableText(told.uniqueId) } // ids that are stored alike are one node
    const seen = this.#seen.get(step) ?? new Set()
    this.#seen.set(step, seen)
    if (seen.size >= mostNodes && !seen.has(node.uniqueId)) return
    seen.add(node.uniqueId)
    const key = `${step} ${node.uniqueId}`
    this.#waiting.set(key, { step, node: { ...this.#waiting.get(key)?.node, ...node } })
    this.#writeSoon()
    if (this.#waiting.size < mostWaiting) return
    this.#writes.add(() => this.write())
    await this.#writes.drained()
  }

  /** Writes all that was reported. */
  async write(): Promise<void> {
    while (this.#waiting.size > 0) await this.#writePiece()
  }

  #writeSoon(): void {
    if (this.#isShowing) return
    this.#isShowing = true
    setTimeout(() => this.#writes.add(() => this.#show()), pauseMs).unref()
  }

  async #show(): Promise<void> {
    this.#isShowing = false
    await this.#writePiece()
    if (this.#waiting.size > 0) this.#writeSoon()
  }

  async #writePiece(): Promise<void> {
    const piece = [...this.#waiting].slice(0, nodesAtOnce)
    for (const [key] of piece) this.#waiting.delete(key)
    await writeNodes(
      this.#store,
      piece.map(([, node]) => node),
      this.#ids,
    )
  }
}
