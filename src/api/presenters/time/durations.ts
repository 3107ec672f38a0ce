import { humanizeSeconds } from '../../../domain/text/humanize-duration.ts'

/** Counts whole seconds from `start` to `end`; there are 0 when one is not known, or clocks disagree. */
export function secondsBetween(start: Date | null, end: Date | null): number {
  if (start === null || end === null) return 0
  return Math.max(0, Math.floor((end.getTime() - start.getTime()) / 1_000))
}

/** Writes `HH:MM:SS`; hours are not wrapped into days. */
export function clockDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** Writes `5 minutes ago`; the database's clock may be ahead of ours. */
export function humanPast(date: Date, now: Date): string {
  return `${humanizeSeconds(secondsBetween(date, now))} ago`
}

/** Writes `2 hours from now`. */
export function humanFuture(date: Date, now: Date): string {
  return `${humanizeSeconds(secondsBetween(now, date))} from now`
}
