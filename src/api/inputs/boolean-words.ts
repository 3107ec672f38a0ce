/** Clients write true and false in these words where they have text alone; readers compare in small letters. */
export const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])
