// Run by `npm run build`, `npm ci` and the Dockerfile; builds dist/: the bundled program, its SQL, the guardian, what asks dbt, Airflow's doctor, the pages of /api/docs, and a prepared embedded database.
import { chmod, cp, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import { root } from '../lib/paths.mjs'
import { makeApiDocs } from './api-docs.mjs'
import { makeDatabaseTemplate } from './database-template.mjs'

const dist = path.join(root, 'dist')
// Made beside it and moved there at the end, so that a server that runs from it finds its files at any time but one.
const draft = await mkdtemp(path.join(root, '.dist-'))

// Express and pg are CommonJS: bundled into ESM they still call `require` for Node's own modules.
const banner =
  "import { createRequire as stratusCreateRequire } from 'node:module'; const require = stratusCreateRequire(import.meta.url);"

try {
  await build({
    entryPoints: {
      stratus: path.join(root, 'src/cli/main.ts'),
      'results-thread': path.join(root, 'src/engines/dbt/results/results-thread.mjs'),
    },
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: banner },
    // PGlite loads its WebAssembly from beside itself.
    external: ['@electric-sql/pglite', '@electric-sql/pglite/*', 'pg-native'],
    // Node 20 has none, and `pg` then looks at `Response`, for which Node loads all of its fetch.
    define: { navigator: '{"userAgent":"Node.js"}' },
    chunkNames: 'chunks/[name]-[hash]',
    // Names stay, for stack traces; the rest is read by machines only, at every start.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'linked',
    legalComments: 'linked',
    logLevel: 'warning',
  })
  await chmod(path.join(draft, 'stratus.js'), 0o755)
  for (const folder of ['migrations', 'functions', 'views']) {
    await cp(path.join(root, 'src/db', folder), path.join(draft, 'db', folder), { recursive: true })
  }
  await cp(path.join(root, 'src/engines/dbt/processes/guardian.mjs'), path.join(draft, 'guardian.mjs'))
  await cp(path.join(root, 'src/engines/dbt/profiles/choice/ask_dbt.py'), path.join(draft, 'ask_dbt.py'))
  await cp(path.join(root, 'src/cli/doctor/airflow_doctor'), path.join(draft, 'airflow_doctor'), {
    recursive: true,
    filter: (file) => !file.endsWith('__pycache__'),
  })
  makeApiDocs(path.join(draft, 'docs'))
  await writeFile(path.join(draft, 'embedded-template.tar.gz'), await makeDatabaseTemplate(path.join(draft, 'db')))
  await rm(dist, { recursive: true, force: true })
  await chmod(draft, 0o755)
  await rename(draft, dist)
} finally {
  await rm(draft, { recursive: true, force: true })
}
