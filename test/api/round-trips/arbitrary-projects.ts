import fc from 'fast-check'
import { line, rare, text } from './arbitrary-words.ts'

export const project = fc.record({
  name: line,
  description: text,
  dbt_project_subdirectory: fc.option(fc.constantFrom('dbt', 'a/b', 'with space')),
  stratus: rare(
    fc.record({
      git: fc.option(
        fc.record({
          url: fc.constantFrom('https://example.com/a.git', 'git@example.com:t/a.git'),
          branch: fc.option(fc.constantFrom('main', 'a/b')),
        }),
      ),
    }),
  ),
})
