import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  mostExposures,
  mostFailures,
  mostNodes,
  mostUniqueId,
  type NodeReport,
} from '../../../domain/runs/node-report.ts'

/** A result that still fills the memory ends the thread and not the worker. */
const resourceLimits = { maxOldGenerationSizeMb: 512 }

type Answer = { readonly more: true } | { readonly done: true } | { readonly nodes: NodeReport[] }

/** The characters that are read of texts; the rest is cut off. */
export interface MostRead {
  readonly mostMessage: number
  readonly mostText: number
  readonly mostCodeLine: number
}

/** results-thread.mjs from the side of whoever reads the files. Every call waits for its answer; rejects when the thread died. */
export class ResultsThread implements AsyncDisposable {
  readonly #worker: Worker
  #answer: { resolve(answer: Answer): void; reject(reason: unknown): void } | undefined
  #failure: unknown

  constructor(most: MostRead) {
    const workerData = { ...most, mostNodes, mostUniqueId, mostFailures, mostExposures }
    this.#worker = new Worker(programFile(), { workerData, resourceLimits, env: {}, stdin: false })
    this.#worker.on('message', (answer: Answer) => this.#answer?.resolve(answer))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', (code) => this.#fail(new Error(`the thread that reads them ended with ${code}`)))
  }

  async begin(file: 'results' | 'manifest', invocationId?: string): Promise<void> {
    await this.#ask({ file, invocationId })
  }

  async push(bytes: Buffer): Promise<void> {
    await this.#ask({ bytes })
  }

  /** Yields the nodes in pieces, once the files were pushed. */
  async *nodes(): AsyncGenerator<NodeReport[]> {
    for (;;) {
      const answer = await this.#ask({ next: true })
      if (!('nodes' in answer)) return
      yield answer.nodes
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure = new Error('the thread was ended')
    await this.#worker.terminate()
  }

  #ask(message: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure)
      this.#answer = { resolve, reject }
      this.#worker.postMessage(message)
    })
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#answer?.reject(error)
  }
}

/** It is beside this file among the sources, and beside the program where it is installed. */
function programFile(): string {
  const places = ['./results-thread.mjs', './results-thread.js', '../results-thread.js'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  )
  const file = places.find((place) => existsSync(place))
  if (file === undefined) throw new Error(`results-thread.js is missing from this installation: ${places.join(', ')}.`)
  return file
}
