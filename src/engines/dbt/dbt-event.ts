/** What Stratus uses of a line of dbt's structured log; v1 and v2 agree on this much. */
export interface DbtEvent {
  readonly name: string
  readonly level: string
  readonly msg: string
  /** UTC, with microseconds. */
  readonly ts: string
  readonly thread: string
  readonly invocationId: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** The event in a line, or undefined for anything else that a program may print. */
export function parseEvent(line: string): DbtEvent | undefined {
  if (!line.startsWith('{')) return undefined
  const value = parseJson(line)
  const info = recordIn(value, 'info')
  if (info === undefined) return undefined
  const msg = textIn(info, 'msg')
  const ts = textIn(info, 'ts')
  if (msg === undefined || ts === undefined) return undefined
  return {
    name: textIn(info, 'name') ?? '',
    level: textIn(info, 'level') ?? 'info',
    msg,
    ts,
    thread: textIn(info, 'thread') ?? '',
    invocationId: textIn(info, 'invocation_id'),
    data: recordIn(value, 'data') ?? {},
  }
}

/** An event as dbt's own text log would show it: time and message; what `print()` prints, bare. */
export function renderForConsole(event: DbtEvent): string {
  return event.name === 'PrintEvent' ? `${event.msg}\n` : `${event.ts.slice(11, 19)}  ${event.msg}\n`
}

/** An event as dbt 1 writes it to its log file. */
export function renderForDebugLog(event: DbtEvent): string {
  return `${event.ts.slice(11, 26)} [${event.level.padEnd(5)}] [${event.thread.slice(0, 10).padEnd(10)}]: ${event.msg}\n`
}

export function recordIn(value: unknown, key: string): Record<string, unknown> | undefined {
  const found = isRecord(value) ? value[key] : undefined
  return isRecord(found) ? found : undefined
}

export function textIn(value: unknown, key: string): string | undefined {
  const found = isRecord(value) ? value[key] : undefined
  return typeof found === 'string' ? found : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // text that only looks like JSON
  }
}
