import { plainText, terminalText } from './terminal-text.ts'

const esc = '\u001b'

test('colours pass where they are wanted, and end with their line', () => {
  expect(terminalText(`${esc}[32mOK${esc}[0m\tin 1s`, true)).toBe(`${esc}[32mOK${esc}[0m\tin 1s`)
  expect(terminalText(`a ${esc}[31mred\nnext`, true)).toBe(`a ${esc}[31mred${esc}[0m\nnext`)
  expect(terminalText(`${esc}[1;38;5;9mOK${esc}[m`, false)).toBe('OK')
})

test.each([
  ['a title', `${esc}]0;owned\u0007`, '\\u001b]0;owned\\u0007'],
  ['a cleared screen', `${esc}[2J`, '\\u001b[2J'],
  ['the one-byte form of it', '\u009b2J', '\\u009b2J'],
  ['a colour of the one-byte form', '\u009b31mx', '\\u009b31mx'],
  ['a line written over', 'good\rbad', 'good\\u000dbad'],
  ['text in the other direction', 'a\u202eb', 'a\\u202eb'],
])('%s is shown escaped, with colours or without', (_name, text, shown) => {
  expect(terminalText(text, true)).toBe(shown)
  expect(terminalText(text, false)).toBe(shown)
})

test('an end of line of Windows is an end of line', () => {
  expect(terminalText('one\r\ntwo\r', false)).toBe('one\ntwo')
})

test('JSON is the same JSON afterwards', () => {
  const value = { text: `${esc}[31m \u009b \u202e "\n"` }
  expect(JSON.parse(terminalText(JSON.stringify(value), false))).toEqual(value)
})

test('a cell is one line without colours', () => {
  expect(plainText(`${esc}[31mred${esc}[0m\nnext\tcell`)).toBe('\\u001b[31mred\\u001b[0m\\nnext\\u0009cell')
})
