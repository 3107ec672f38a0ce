// Writes docs/glossary.md from src/domain/glossary.ts. Run it after a change of the glossary.
// With --check, as `npm run check` calls it, it changes nothing and fails when the file is stale.
import { writeGenerated } from './lib/generated-file.mjs'
import { importTypescript } from './lib/import-typescript.mjs'

const { glossary } = await importTypescript('src/domain/glossary.ts')
const rows = Object.entries(glossary).map(([word, meaning]) => `| **${word}** | ${meaning} |`)

const content = `# The project's words

Made by \`scripts/glossary-page.mjs\` from \`src/domain/glossary.ts\`; \`npm run check\` fails when it is stale.

Each word means one thing in code, tables and docs. "Task" is a word of Airflow and "service" a word of Docker; neither is one
of ours.

| word | meaning |
|---|---|
${rows.join('\n')}
`

writeGenerated('docs/glossary.md', content, 'scripts/glossary-page.mjs')
