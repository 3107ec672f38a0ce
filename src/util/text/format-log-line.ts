const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
const hidden = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err'])

/** Writes one JSON log line as a short line for a terminal: `warn queue: lease lost (runId=7): connection refused`. */
export function formatForPeople(line: string): string {
  const entry = parse(line)
  if (entry === undefined) return line
  const details = Object.entries(entry)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const level = levelNames[Number(entry.level)] ?? String(entry.level)
  const reason = messageOf(entry.err)
  return (
    `${level} ${String(entry.name)}: ${String(entry.msg ?? '')}` +
    (details.length > 0 ? ` (${details.join(', ')})` : '') +
    (reason === undefined ? '' : `: ${reason}`) +
    '\n'
  )
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined // not one of pino's lines: shown as it is
  }
}

function messageOf(error: unknown): string | undefined {
  return isRecord(error) && typeof error.message === 'string' ? error.message.split('\n')[0] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
