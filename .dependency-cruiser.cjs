/** Who may import whom: docs/architecture.md says why. */
const forbid = (name, from, to) => ({ name, severity: 'error', from, to })
const only = (folder, ...allowed) =>
  forbid(`${folder}-imports-only`, { path: `^src/${folder}/`, pathNot: '\\.test\\.ts$' }, {
    path: '^src/',
    pathNot: [folder, 'util', ...allowed].map((name) => `^src/${name}${name.endsWith('.ts') ? '$' : '/'}`),
  })

module.exports = {
  forbidden: [
    forbid('no-cycle', {}, { circular: true }),
    only('util'),
    only('domain'),
    only('db', 'domain'),
    only('artifacts', 'domain'),
    only('engines', 'domain', 'logger.ts'),
    only('engines/steps', 'domain', 'engines/run-engine.ts'),
    only('engines/dbt', 'domain', 'logger.ts', 'engines/run-engine.ts', 'engines/steps'),
    only('engines/simulated', 'domain', 'engines/run-engine.ts', 'engines/steps'),
    only('secrets', 'domain', 'db'),
    only('backup', 'domain', 'db', 'secrets', 'artifacts/artifact-store.ts'),
    only('tokens', 'domain', 'db'),
    only('definitions', 'domain', 'db', 'secrets'),
    only('definitions/jobs', 'domain', 'db'),
    only('audit', 'domain', 'db'),
    only('queue', 'audit', 'domain', 'db'),
    only('runs', 'audit', 'domain', 'db', 'queue', 'artifacts/artifact-store.ts'),
    only('worker', 'domain', 'db', 'queue', 'definitions', 'secrets', 'engines/run-engine.ts', 'artifacts/artifact-store.ts', 'artifacts/disk/disk-errors.ts'),
    only('scheduler', 'domain', 'db', 'queue'),
    only('api', 'audit', 'domain', 'db', 'queue', 'runs', 'definitions', 'tokens', 'secrets', 'artifacts/artifact-store.ts', 'logger.ts'),
    only('client', 'domain', 'config'),
    only('tls', 'domain', 'config', 'logger.ts'),
    only('config', 'domain'),
    // A document is read into definitions, which know of none.
    forbid('definitions-know-no-stratus-yml', { path: '^src/definitions/(?!stratus-yml/)' }, { path: '^src/definitions/stratus-yml/' }),
    // What is done again and again for the whole service is the scheduler's; a worker keeps its own leases.
    forbid('periodic-work-is-the-schedulers', { pathNot: '^src/(scheduler|worker|context)' }, { path: '^src/util/periodic\\.ts$' }),
    forbid('nothing-imports-cli', { pathNot: '^(src/cli|test)/' }, { path: '^src/cli/' }),
    forbid('nothing-imports-the-composition-root', { pathNot: '^(src/(cli|server|context)|test|bench)' }, { path: '^src/context(\\.ts$|/)' }),
    forbid('scripts-know-no-bench', { path: '^scripts/' }, { path: '^bench/' }),
    forbid('src-knows-no-tools', { path: '^src/', pathNot: '\\.test\\.ts$' }, { path: '^(test|scripts|bench)/' }),
    forbid('compat-tests-see-nothing-of-src', { path: '^test/compat/' }, { path: '^src/' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js'] },
  },
}
