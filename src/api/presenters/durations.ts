const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** Whole seconds from `start` to `end`; 0 when one is not known, or clocks disagree. */
export function secondsBetween(start: Date | null, end: Date | null): number {
  if (start === null || end === null) return 0
  return Math.max(0, Math.floor((end.getTime() - start.getTime()) / 1_000))
}

/** `HH:MM:SS`; hours are not wrapped into days. */
export function clockDuration(seconds: number): string {
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}

/** The largest unit that is not zero and the one next to it, unless that is: `1 minute, 50 seconds`, `1 day`. */
export function humanDuration(seconds: number): string {
  const first = units.findIndex(([, size]) => seconds >= size)
  if (first === -1) return '0 minutes'
  return units
    .slice(first, first + 2)
    .map(([name, size], position) => {
      const larger = position === 0 ? undefined : units[first]?.[1]
      const count = Math.floor((larger === undefined ? seconds : seconds % larger) / size)
      return count === 0 ? '' : `${count} ${name}${count === 1 ? '' : 's'}`
    })
    .filter((part) => part !== '')
    .join(', ')
}

/** `5 minutes ago`, `2 hours from now`. */
export function humanInstant(date: Date, now: Date): string {
  return date > now ? `${humanDuration(secondsBetween(now, date))} from now` : `${humanDuration(secondsBetween(date, now))} ago`
}
