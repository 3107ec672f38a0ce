import type { NodeReport } from '../../../domain/runs/node-report.ts'
import type { LogStream } from '../../run-engine.ts'
import type { Clock } from '../clock.ts'
import type { StepScript } from './step-script.ts'

export interface Playback {
  readonly clock: Clock
  /** So many real seconds pass for each second of the script; 0 plays it at once. */
  readonly timeScale: number
  readonly signal: AbortSignal
  write(stream: LogStream, text: string): Promise<void>
  tell(node: NodeReport): Promise<void>
}

const chunkLength = 64 * 1024
/** A longer timer would fire at once. */
const longestSleepMs = 2_000_000_000

/** Plays a step to its end or until it is stopped; answers how far it came, in milliseconds of the script. */
export async function playScript(script: StepScript, playback: Playback): Promise<number> {
  const { clock, timeScale, signal, write, tell } = playback
  const begunAt = clock.now()
  let written = 0
  let told = 0
  const nodes = script.nodes ?? []
  for (;;) {
    const reachedMs = timeScale === 0 ? script.endMs : Math.min((clock.now() - begunAt) / timeScale, script.endMs)
    if (signal.aborted) return Math.min(reachedMs, script.endMs - 1)
    const isOver = reachedMs >= script.endMs
    let until = isOver ? script.lines.length : written
    while (until < script.lines.length && (script.lines[until]?.atMs ?? 0) <= reachedMs) until++
    await writeLines(script.lines.slice(written, until), write)
    written = until
    while (told < nodes.length && (nodes[told]?.atMs ?? 0) <= reachedMs) {
      const moment = nodes[told++]
      if (moment !== undefined) await tell(moment.node)
    }
    if (isOver) return script.endMs
    const nextMs = script.lines[written]?.atMs ?? script.endMs
    await clock.sleep(Math.min(Math.max(1, (nextMs - reachedMs) * timeScale), longestSleepMs), signal)
  }
}

async function writeLines(lines: StepScript['lines'], write: Playback['write']): Promise<void> {
  const texts: Record<LogStream, string> = { console: '', debug: '' }
  for (const { stream, text } of lines) {
    texts[stream] += text
    if (texts[stream].length < chunkLength) continue
    await write(stream, texts[stream])
    texts[stream] = ''
  }
  for (const stream of ['console', 'debug'] as const) if (texts[stream] !== '') await write(stream, texts[stream])
}
