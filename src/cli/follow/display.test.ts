import { eventually } from '../../../test/support/eventually.ts'
import { formatElapsed, plainDisplay, terminalDisplay } from './display.ts'

function recorder(columns?: number) {
  const written: string[] = []
  return { written, output: { ...(columns && { columns }), write: (text: string) => written.push(text) } }
}

test.each([
  [-5, '0.0s'],
  [412, '0.4s'],
  [9_940, '9.9s'],
  [18_900, '18s'],
  [65_000, '1m 05s'],
  [7_380_000, '2h 03m'],
])('%d ms is shown as %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text)
})

test('plain output announces an activity once', () => {
  const { written, output } = recorder()
  const display = plainDisplay(output)
  display.activity('Queued')
  display.activity('Queued')
  display.line('a log line')
  display.activity('dbt build')
  display.activity(undefined)
  expect(written).toEqual(['Queued\n', 'a log line\n', 'dbt build\n'])
})

test('a terminal keeps the activity below the lines, in one row, with its time', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
  let running = 0
  const { written, output } = recorder(25)
  const display = terminalDisplay(output)
  try {
    display.activity('Invoke dbt with `dbt build`', performance.now() - 18_000)
    expect(written.at(-1)).toBe('\r\x1b[2K⠋ Invoke dbt with …  18s')
    display.line('a log line')
    expect(written.slice(-3)).toEqual(['\r\x1b[2K', 'a log line\n', '\r\x1b[2K⠋ Invoke dbt with …  18s'])
    const drawn = written.length
    await eventually('it is drawn anew by itself', () => written.length > drawn)
    expect(written.at(-1)).toBe('\r\x1b[2K⠙ Invoke dbt with …  18s')
  } finally {
    running = timers()
    display.stop()
  }
  expect(written.at(-1)).toBe('\r\x1b[2K')
  expect(timers()).toBe(running - 1)
})
