import { parseEvent, renderForConsole, renderForDebugLog } from './dbt-event.ts'

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

function consoleOf(line: string): string | undefined {
  const event = parseEvent(line)
  return event && renderForConsole(event)
}

test('an event is shown as dbt shows it: time, two blanks, message', () => {
  expect(consoleOf(eventLine({ msg: 'Found 2 models' }))).toBe('06:58:38  Found 2 models\n')
})

test('what print() prints and what `dbt ls` lists stands alone', () => {
  expect(consoleOf(eventLine({ name: 'PrintEvent', msg: 'model.a' }))).toBe('model.a\n')
})

test('for the debug log an event has level and thread', () => {
  const event = parseEvent(eventLine({ level: 'debug', thread: 'Thread-12 (worker)' }))
  expect(event && renderForDebugLog(event)).toBe('06:58:38.683493 [debug] [Thread-12 ]: m\n')
})

test.each(['plain text', '{"a": 1}', '{broken', '{"info": {"msg": 1}}', '[]', 'null', ''])(
  '%j is not an event',
  (line) => {
    expect(parseEvent(line)).toBeUndefined()
  },
)
