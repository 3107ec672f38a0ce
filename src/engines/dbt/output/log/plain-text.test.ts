import { withoutStrayResets } from './plain-text.ts'

test('ends of colours that never began go; colours stay as they are', () => {
  expect(withoutStrayResets('Usage: dbt\x1b[0m\n\x1b[0m\n')).toBe('Usage: dbt\n\n')
  expect(withoutStrayResets('\x1b[31mred\x1b[0m\x1b[0m and\x1b[0m\n')).toBe('\x1b[31mred\x1b[0m\x1b[0m and\x1b[0m\n')
})
