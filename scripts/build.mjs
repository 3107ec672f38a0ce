// Builds dist/: the bundled program, its migrations, the guardian and a prepared embedded database.
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { makeDatabaseTemplate } from './make-database-template.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const dist = path.join(root, 'dist')

// Express and pg are CommonJS: bundled into ESM they still call `require` for Node's own modules.
const banner =
  "import { createRequire as stratusCreateRequire } from 'node:module'; const require = stratusCreateRequire(import.meta.url);"

await rm(dist, { recursive: true, force: true })
await mkdir(dist, { recursive: true })
await build({
  entryPoints: { stratus: path.join(root, 'src/cli/main.ts') },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: { js: banner },
  // PGlite loads its WebAssembly from beside itself.
  external: ['@electric-sql/pglite', '@electric-sql/pglite/*', 'pg-native'],
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  legalComments: 'linked',
  logLevel: 'warning',
})
await chmod(path.join(dist, 'stratus.js'), 0o755)
await cp(path.join(root, 'src/db/migrations'), path.join(dist, 'migrations'), { recursive: true })
await cp(path.join(root, 'src/engines/dbt/guardian.mjs'), path.join(dist, 'guardian.mjs'))
await writeFile(path.join(dist, 'embedded-template.tar.gz'), await makeDatabaseTemplate())
