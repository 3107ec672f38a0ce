import { isOver } from '../../client/run-api.ts'
import { formatElapsed } from '../follow/display.ts'
import { colourOfStatus } from '../follow/run-outcome.ts'
import { paint } from './colours.ts'
import type { Cell } from './terminal.ts'

export function statusCell({ status, status_humanized: text }: { status: number; status_humanized: string }): Cell {
  const colour = colourOfStatus(status)
  return colour === undefined ? text : { text, paint: (shown) => paint(colour, shown) }
}

/** Shows it in the reader's own time zone. */
export function timeCell(instant: string | null): string {
  if (instant === null) return '–'
  const date = new Date(instant)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

interface Timed {
  readonly status: number
  readonly started_at: string | null
  readonly finished_at: string | null
}

/** Shows the time from its start to its end, or to now. */
export function durationCell({ status, started_at: from, finished_at: to }: Timed): string {
  if (from === null || (to === null && isOver(status))) return '–'
  return formatElapsed((to === null ? Date.now() : Date.parse(to)) - Date.parse(from))
}
