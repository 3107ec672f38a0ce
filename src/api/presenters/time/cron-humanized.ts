const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Says in words what a common cron expression means, else repeats the expression; names the time zone if it is not UTC. */
export function cronHumanized(cron: string, timezone?: string): string {
  const words = inWords(cron)
  return timezone === undefined ? words : `${words} (${timezone})`
}

function inWords(cron: string): string {
  const fields = cron.trim().split(/\s+/)
  const [minute = '', hour = '', dayOfMonth = '', month = '', weekday = ''] = fields
  if (fields.length !== 5 || month !== '*') return cron
  const when = time(minute, hour)
  const day = days(dayOfMonth, weekday)
  return when === undefined || day === undefined ? cron : `${when}${day}`
}

function time(minute: string, hour: string): string | undefined {
  const everyMinutes = stepOf(minute)
  if (everyMinutes !== undefined && hour === '*') return every(everyMinutes, 'minute')
  if (!/^\d{1,2}$/.test(minute)) return undefined
  const past = Number(minute) === 0 ? '' : `At ${Number(minute)} minutes past the hour, `
  const everyHours = stepOf(hour)
  if (everyHours !== undefined)
    return past === '' ? every(everyHours, 'hour') : `${past}${lowerFirst(every(everyHours, 'hour'))}`
  if (!/^\d{1,2}(,\d{1,2})*$/.test(hour)) return undefined
  return `At ${hour
    .split(',')
    .map((each) => clockTime(each, minute))
    .join(', ')}`
}

/** 1 for `*`, n for a star with `/n`. */
function stepOf(field: string): number | undefined {
  const match = /^\*(?:\/(\d{1,2}))?$/.exec(field)
  return match === null ? undefined : Number(match[1] ?? 1)
}

function every(count: number, unit: string): string {
  return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`
}

function days(dayOfMonth: string, weekday: string): string | undefined {
  if (dayOfMonth === '*' && weekday === '*') return ''
  if (dayOfMonth === '*' && weekday === '1-5') return ', Monday through Friday'
  if (dayOfMonth === '*' && /^[0-7](,[0-7])*$/.test(weekday)) {
    return `, only on ${weekday
      .split(',')
      .map((each) => weekdays[Number(each) % 7])
      .join(', ')}`
  }
  if (weekday === '*' && /^\d{1,2}$/.test(dayOfMonth)) return `, on day ${Number(dayOfMonth)} of the month`
  return undefined
}

function clockTime(hour: string, minute: string): string {
  return `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
