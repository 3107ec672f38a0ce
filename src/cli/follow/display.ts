import { wantsColours } from '../output/colours.ts'
import { plainText, terminalText } from '../output/terminal-text.ts'

/** A followed run is shown on it. Lines come without their newline. */
export interface Display {
  line(text: string): void
  /** Shows what goes on now, with a clock that starts at `since` (performance.now()); undefined clears it. */
  activity(text: string | undefined, since?: number): void
  stop(): void
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const frameMs = 100

interface Output {
  readonly columns?: number
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** The display that fits whoever reads: a terminal, or a file, a pipe, a CI. */
export function displayOn(output: Output): Display {
  return output.isTTY ? terminalDisplay(output) : plainDisplay(output)
}

/** Prints plain lines, for files, pipes and CI: each activity is announced once. */
export function plainDisplay(output: Output): Display {
  let announced: string | undefined
  const colours = wantsColours(output)
  return {
    line: (text) => output.write(`${terminalText(text, colours)}\n`),
    activity(text) {
      if (text !== undefined && text !== announced) output.write(`${plainText(text)}\n`)
      announced = text
    },
    stop() {},
  }
}

/** Serves a terminal: lines scroll by above one that says what goes on and for how long. */
export function terminalDisplay(output: Output): Display {
  let current: { text: string; since: number } | undefined
  let frame = 0
  const colours = wantsColours(output)
  const erase = () => output.write('\r\x1b[2K')
  const draw = () => {
    if (current === undefined) return
    const spinner = frames[frame % frames.length] ?? ''
    const elapsed = formatElapsed(performance.now() - current.since)
    const room = (output.columns || 80) - elapsed.length - 5
    output.write(`\r\x1b[2K${spinner} ${shorten(current.text, room)}  ${elapsed}`)
  }
  const timer = setInterval(() => {
    frame += 1
    draw()
  }, frameMs)
  return {
    line(text) {
      if (current !== undefined) erase()
      output.write(`${terminalText(text, colours)}\n`)
      draw()
    },
    activity(text, since = performance.now()) {
      if (text === undefined && current !== undefined) erase()
      current = text === undefined ? undefined : { text: plainText(text), since }
      draw()
    },
    stop() {
      clearInterval(timer)
      if (current !== undefined) erase()
      current = undefined
    },
  }
}

function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`
}

/** Formats like `0.4s`, `18s`, `1m 05s`, `2h 03m`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 10) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  return `${Math.floor(seconds / 3600)}h ${two(Math.floor((seconds % 3600) / 60))}m`
}
