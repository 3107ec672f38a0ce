import fc from 'fast-check'

export const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
export const line = fc
  .string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' })
  .filter((text) => text.trim() !== '')
export const text = fc.oneof(line, fc.constantFrom('', 'été ☕', '"quoted" # not', 'two\nlines', ' padded '))
/** Names that dbt is given as they are. */
export const plainName = fc.stringMatching(/^[A-Za-z0-9_$][A-Za-z0-9_$.-]{0,40}$/)
