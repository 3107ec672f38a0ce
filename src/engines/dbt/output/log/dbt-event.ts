import { parseJson } from '../../../../util/objects/parse-json.ts'
import { parseMended } from './mend-event.ts'

/** Stratus uses only this of a line of dbt's structured log; v1 and v2 agree on this much. */
export interface DbtEvent {
  readonly name: string
  readonly level: string
  readonly msg: string
  /** The time is UTC, with microseconds. */
  readonly ts: string
  readonly thread: string
  readonly invocationId: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

/** The event in a line, or undefined for anything else that a program may print. */
export function parseEvent(line: string): DbtEvent | undefined {
  if (!line.startsWith('{')) return undefined
  return eventIn(parseJson(line)) ?? eventIn(parseMended(line))
}

function eventIn(value: unknown): DbtEvent | undefined {
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

/** Its time of the day, as dbt 1 writes it: `07:12:33.123456`; now, where dbt has hidden a part of it. */
export function timeOf({ ts }: DbtEvent): string {
  const [, time] = /T(\d\d:\d\d:\d\d\.\d{6})/.exec(ts) ?? []
  return time ?? `${new Date().toISOString().slice(11, 23)}000`
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
