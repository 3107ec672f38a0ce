// Run by `npm run check` (with --check, which only compares) and by whoever changed src/domain/glossary.ts; writes docs/glossary.md.

import { importTypescript } from '../lib/import-typescript.mjs'
import { writeGenerated } from './generated-file.mjs'

const { glossary } = await importTypescript('src/domain/glossary.ts')
const rows = Object.entries(glossary).map(([word, meaning]) => `| **${word}** | ${meaning} |`)

const content = `# The project's words

Made by \`scripts/generate/glossary.mjs\` from \`src/domain/glossary.ts\`; \`npm run check\` fails when it is stale.

Each word means one thing in code, tables and docs. "Task" is a word of Airflow and "service" a word of Docker; neither is one
of ours.

| word | meaning |
|---|---|
${rows.join('\n')}
`

writeGenerated('docs/glossary.md', content, 'scripts/generate/glossary.mjs')
