import { parseEvent, timeOf } from './dbt-event.ts'

function eventLine(info: Record<string, unknown>): string {
  const general = {
    level: 'info',
    ts: '2026-11-21T06:58:38.683493Z',
    thread: 'MainThread',
    name: 'FoundStats',
    msg: 'm',
  }
  return JSON.stringify({ data: {}, info: { ...general, ...info } })
}

function eventOf(line: string) {
  const event = parseEvent(line)
  if (event === undefined) throw new Error(`No event: ${line}`)
  return event
}

test('an event has a message, and a time of the day as dbt writes it', () => {
  const event = eventOf(eventLine({ msg: 'Found 2 models' }))
  expect([event.msg, timeOf(event)]).toEqual(['Found 2 models', '06:58:38.683493'])
})

test.each(['1', 'info', 'msg', '2026', 'm', 'ts', 'level', '3'])(
  'an event in which dbt has hidden the secret %s is one still',
  (secret) => {
    const value = {
      data: { log_version: 3, version: '=1.11.16' },
      info: {
        category: '',
        code: 'A001',
        extra: {},
        invocation_id: 'f21a8deb',
        level: 'info',
        msg: 'Found 1 m',
        name: 'MainReportVersion',
        pid: 1231,
        thread: 'MainThread',
        ts: '2026-11-21T06:58:38.683493Z',
      },
    }
    const event = eventOf(JSON.stringify(value).replaceAll(secret, '*****'))
    expect(event.msg).toBe('Found 1 m'.replaceAll(secret, '*****'))
    expect(timeOf(event)).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/)
  },
)

test.each(['plain text', '{"a": 1}', '{broken', '{"info": {"msg": 1}}', '[]', 'null', ''])(
  '%j is not an event',
  (line) => {
    expect(parseEvent(line)).toBeUndefined()
  },
)
