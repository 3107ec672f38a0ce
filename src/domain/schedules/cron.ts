import { Cron } from 'croner'

/** Cron expressions have five fields. With both a day of the month and a weekday, either is enough. */

/** It is true when `name` is a time zone of the IANA database, as `Europe/Vienna` is. */
export function isTimezone(name: string): boolean {
  try {
    // Offsets such as +01:00 are taken, too, and know no summer.
    return /^[A-Z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** Gives the end of a sentence that begins with "expected"; undefined if `expression` is valid. */
export function cronProblem(expression: string): string | undefined {
  const fields = fieldsOf(expression)
  if (fields.length !== 5)
    return `a cron expression of five fields (minute hour day month weekday), not ${fields.length}`
  // The parser reads "?" as "when this program started", which differs from server to server.
  if (fields.some((field) => field.includes('?'))) return 'a cron expression without "?"; write "*"'
  try {
    const cron = parse(expression, { stopAt: enough })
    // Only a day of the month can be missing from a month; looking for every expression's next time takes its time.
    const mayNeverFire = fields[2] !== '*' && fields[3] !== '*'
    const never = mayNeverFire && cron.nextRun(new Date(0)) === null
    return never ? 'a cron expression that fires some day; no date ever matches this one' : undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    return `a cron expression (${reason})`
  }
}

/**
 * The first time after `after` at which a valid `expression` fires by the clocks of `timezone`, or null when it never does.
 * A time that they leave out in spring is the moment after; one that comes twice in autumn is the first.
 */
export function nextFireTime(expression: string, after: Date, timezone = 'UTC'): Date | null {
  return parse(expression, { timezone }).nextRun(after)
}

/** The calendar repeats itself within 28 years; without an end the search goes on for thousands of them. */
const enough = '2000-01-01T00:00:00Z'

function parse(expression: string, options: { stopAt?: string; timezone?: string } = {}): Cron {
  return new Cron(fieldsOf(expression).join(' '), { timezone: 'UTC', mode: '5-part', ...options })
}

function fieldsOf(expression: string): string[] {
  return expression.trim().split(/\s+/).filter(Boolean)
}
