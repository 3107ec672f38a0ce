const units: ReadonlyArray<readonly [name: string, seconds: number]> = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** A duration as dbt Cloud writes it: the largest unit and the one below it, "1 minute, 50 seconds"; none is "0 minutes". */
export function humanizeSeconds(seconds: number): string {
  const whole = Math.floor(seconds)
  const largest = units.findIndex(([, size]) => whole >= size)
  if (largest === -1) return '0 minutes'
  let rest = whole
  const words: string[] = []
  for (const [name, size] of units.slice(largest, largest + 2)) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  return words.join(', ')
}
