import { wantsColours } from './colours.ts'

test.each([
  [true, {}, true],
  [false, {}, false],
  [undefined, {}, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  [true, { FORCE_COLOR: '0' }, false],
])('a terminal: %s, with %j: %s', (isTTY, environment, wanted) => {
  expect(wantsColours({ ...(isTTY !== undefined && { isTTY }) }, environment)).toBe(wanted)
})
