import * as z from 'zod'
import type { InstantRange } from '../../util/paging.ts'
import { isStorable } from '../../util/text/storable-text.ts'
import { booleanWords } from './boolean-words.ts'

/*
 * Query parameters as clients write them: repeated keys (the last one counts, except in lists), empty ones
 * (as if absent), lists as `[1, 2]`, `["a"]`, `1,2` or repeated keys.
 */

const value = z.union([z.string(), z.array(z.string())]).optional()

/** A parameter read by `read`, which throws a sentence saying what it expects. Absent and empty are undefined. */
function parameter<T>(read: (text: string) => T): z.ZodType<T | undefined> {
  return value.transform((raw, context) => {
    const text = (Array.isArray(raw) ? raw.at(-1) : raw)?.trim()
    return text === undefined || text === '' ? undefined : attempt(() => read(text), context)
  })
}

const maxItems = 1_000

/** Does for a list what `parameter` does for one value. */
function listParameter<T>(read: (items: string[]) => T): z.ZodType<T | undefined> {
  return value.transform((raw, context) => {
    if (!isClosed(raw)) {
      context.addIssue({ code: 'custom', message: 'Expected a list such as [1, 2], with both of its brackets.' })
      return z.NEVER
    }
    const items = splitList(raw, /,/)
    if (items.length > maxItems) {
      context.addIssue({ code: 'custom', message: `Expected at most ${maxItems} items, and not ${items.length}.` })
      return z.NEVER
    }
    return items.length === 0 ? undefined : attempt(() => read(items), context)
  })
}

class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

function attempt<T>(read: () => T, context: z.RefinementCtx): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    context.addIssue({ code: 'custom', message: error.message })
    return z.NEVER
  }
}

/** Half of a list is none: what was cut off may have been a part of the question. */
function isClosed(raw: string | readonly string[] | undefined): boolean {
  const texts = typeof raw === 'string' ? [raw] : (raw ?? [])
  return texts.every((text) => text.trim().startsWith('[') === text.trim().endsWith(']'))
}

function splitList(raw: string | readonly string[] | undefined, separator: RegExp): string[] {
  const text = Array.isArray(raw) ? raw.join(',') : String(raw ?? '')
  return text
    .replace(/[[\]'"]/g, '')
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function readInt(text: string): number {
  const number = Number(text)
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(number)) throw new Unreadable('Expected a whole number.')
  return number
}

const maxLength = 1_000

function readText(text: string): string {
  if (!isStorable(text)) throw new Unreadable('Expected text without NUL characters.')
  if (text.length > maxLength) throw new Unreadable(`Expected at most ${maxLength} characters.`)
  return text
}

export function queryInt(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): z.ZodType<number | undefined> {
  return parameter((text) => {
    const number = readInt(text)
    if (number < min) throw new Unreadable(`Expected a whole number of at least ${min}.`)
    if (number > max) throw new Unreadable(`Expected a whole number of at most ${max}.`)
    return number
  })
}

/** The index of a step, as the database can hold one. */
export const stepIndex = queryInt(1, 2_147_483_647)

export function queryText(): z.ZodType<string | undefined> {
  return parameter(readText)
}

export function queryBoolean(): z.ZodType<boolean | undefined> {
  return parameter((text) => {
    const boolean = booleanWords.get(text.toLowerCase())
    if (boolean === undefined) throw new Unreadable('Expected true or false.')
    return boolean
  })
}

export function queryOneOf<T>(choices: ReadonlyMap<string, T>): z.ZodType<T | undefined> {
  return parameter((text) => choose(choices, text))
}

export function queryInts(): z.ZodType<number[] | undefined> {
  return listParameter((items) => items.map(readInt))
}

export function queryTexts(): z.ZodType<string[] | undefined> {
  return listParameter((items) => items.map(readText))
}

export function queryManyOf<T>(choices: ReadonlyMap<string, T>): z.ZodType<T[] | undefined> {
  return listParameter((items) => items.map((item) => choose(choices, item)))
}

function choose<T>(choices: ReadonlyMap<string, T>, text: string): T {
  const choice = choices.get(text)
  if (choice === undefined) throw new Unreadable(`Expected one of ${[...choices.keys()].join(', ')}.`)
  return choice
}

/** `["<instant>", "<instant>"]` or `<instant>,<instant>`, both ends included. */
export function queryRange(): z.ZodType<InstantRange | undefined> {
  return listParameter((items) => {
    const [from, to, ...more] = items.map(readInstant)
    if (from === undefined || to === undefined || more.length > 0) {
      throw new Unreadable('Expected two instants, the first and the last.')
    }
    return { from, to }
  })
}

/** Reads an instant. A day stands for its first moment, or as an `end` for its last. */
export function queryInstant(edge: 'start' | 'end'): z.ZodType<Date | undefined> {
  return parameter((text) => instantAt(text, edge))
}

function instantAt(text: string, edge: 'start' | 'end'): Date {
  const date = readInstant(text)
  return edge === 'end' && /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(date.getTime() + dayMs - 1) : date
}

const ages = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** An instant, or how long ago it was: `30m`, `24h`, `7d`. */
export function queryInstantOrAge(edge: 'start' | 'end'): z.ZodType<Date | undefined> {
  return parameter((text) => {
    const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
    if (count !== undefined) return new Date(Date.now() - Number(count) * (ages.get(unit) ?? 0))
    try {
      return instantAt(text, edge)
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      throw new Unreadable('Expected an instant such as 2024-07-03T13:59:00Z, or an age such as 30m, 24h or 7d.')
    }
  })
}

const dayMs = 24 * 60 * 60 * 1000

const instant = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?))?(Z|[+-]\d\d:?\d\d)?$/

/** An instant without a zone is UTC. An unescaped `+` of a zone arrives as a space. */
function readInstant(text: string): Date {
  const [, day, time = '00:00', zone = 'Z'] = instant.exec(text.replace(/ (\d\d:?\d\d)$/, plusUnlessTime)) ?? []
  const date = new Date(`${day}T${time}${zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`)
  if (Number.isNaN(date.getTime()))
    throw new Unreadable('Expected ISO 8601 instants such as 2024-07-03T13:59:00+00:00.')
  return date
}

/** `… 00:00` is a zone when a time stands before it, and the time itself after a bare date. */
function plusUnlessTime(match: string, zone: string, offset: number): string {
  return offset > 'YYYY-MM-DD'.length ? `+${zone}` : match
}

/** The names in `include_related`, in every form that clients use; unknown ones are ignored. */
export function includeRelated<const K extends string>(known: readonly K[]): z.ZodType<ReadonlySet<K>> {
  return value.transform((raw) => {
    const named = new Set(splitList(raw, /[,/\s]/))
    return new Set(known.filter((name) => named.has(name)))
  })
}
