/*
 * A worker of one run, as a program of its own: what a test kills, freezes, or starts in odd ways.
 * Usage: node run-in-worker.mjs DATA_DIR PROJECT DBT. Prints the step's console log; SIGTERM cancels the run.
 */
import pino from 'pino'
import { DbtEngine } from '../../src/engines/dbt/dbt-engine.ts'
import { planFor } from './engine-harness.ts'
import { RecordingSink } from './recording-sink.ts'

const [dataDir = '', project = '', program = ''] = process.argv.slice(2)
const abort = new AbortController()
process.on('SIGTERM', () => abort.abort('cancel'))
const sink = new RecordingSink(`${dataDir}-artifacts`)
const record = sink.log.bind(sink)
sink.log = async (index, stream, text) => {
  if (stream === 'console') process.stdout.write(text)
  await record(index, stream, text)
}
const engine = await DbtEngine.create({
  dataDir,
  baseEnvironment: { PATH: process.env.PATH ?? '' },
  cancelGraceMs: 1000,
  guardSeconds: 60,
  logger: pino({ level: 'silent' }),
})
const outcome = await engine.execute(planFor(project, program), sink, abort.signal)
process.stdout.write(`outcome: ${outcome.outcome}\n`)
await engine[Symbol.asyncDispose]()
