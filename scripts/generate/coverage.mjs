// Run by whoever added an operation or moved a test of the API, after `npm test`; writes openapi/COVERAGE.md.
// It runs the tests of the API, notes which test saw which operation succeed, and names one for each.
// test/api/coverage.test.ts fails when the file is stale.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { importTypescript } from '../lib/import-typescript.mjs'
import { root, stateDir } from '../lib/paths.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { bestProofs, readEvidence } from './coverage-proofs.mjs'

const { atEachPath } = await importTypescript('src/api/http/operation.ts')
const { absentLists, absentObjects } = await importTypescript('src/api/absent-things.ts')

/** These answer less than dbt Cloud does, or in a shape that it does not document. */
const remarks = {
  'GET /api/v2/accounts/{account_id}/users/': 'users are service tokens',
  'GET /api/v2/accounts/{account_id}/users/{user_id}/': 'users are service tokens',
  'GET /api/v2/users/{user_id}/': 'users are service tokens',
  'GET /api/v3/accounts/{account_id}/users/': 'users are service tokens',
  'GET /api/v3/accounts/{account_id}/users/{user_id}/': 'users are service tokens',
  'GET /api/v3/users/{user_id}/credentials/': 'always empty',
  ...Object.fromEntries(atEachPath(absentLists).map((operation) => [keyOf(operation), 'always empty'])),
  'GET /api/v2/accounts/{account_id}/licenses/': 'nothing is limited',
  'GET /api/v3/accounts/{account_id}/projects/{project_id}/runs/{run_id}/timing/': 'the shape is ours',
}
/** For these the test that is about the fewest operations is not the one that says most. */
const chosenTests = {
  'POST /api/v2/accounts/{account_id}/runs/{run_id}/cancel/': [
    'test/api/runs/runs.test.ts',
    'cancel answers status 30 at once, and again the same for a finished run',
  ],
  'GET /api/v2/accounts/{account_id}/runs/{run_id}/': [
    'test/api/runs/runs-that-failed.test.ts',
    'has dates, durations and a reason to retry',
  ],
  'GET /api/v2/accounts/{account_id}/': [
    'test/api/accounts/accounts.test.ts',
    'an account is renamed and gets other run slots by its administrators alone',
  ],
  'GET /api/v2/accounts/': ['test/api/projects/projects.test.ts', 'the account of %s'],
  'GET /api/v2/accounts/{account_id}/jobs/': [
    'test/api/lists.test.ts',
    'jobs are found by name, project, environment, schedule and state',
  ],
  'GET /api/v2/accounts/{account_id}/runs/': [
    'test/api/lists.test.ts',
    'a page tells what it was asked for and how many there are',
  ],
}
const absentTest = ['test/api/absent-things.test.ts', 'none of it is found, and changing it is not served']
const unservedTest = ['test/api/unserved.test.ts', 'an operation of dbt Cloud that is not served says that it is known']

const evidenceDir = path.join(stateDir, 'evidence')
rmSync(evidenceDir, { recursive: true, force: true })
mkdirSync(evidenceDir, { recursive: true })
const jest = [
  ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
  ...['--silent', '--forceExit', '--maxWorkers=1', '--runTestsByPath', ...testsOfTheApi()],
]
const code = await passThrough(process.execPath, jest, {
  cwd: root,
  env: { ...process.env, TEST_EVIDENCE_DIR: evidenceDir },
})
if (code !== 0) console.error('Some tests failed; what they prove is left out.')

const operations = [
  ...atEachPath((await importTypescript('src/api/operations.ts')).operations),
  ...(await importTypescript('src/api/health/serve-health.ts')).healthOperations,
]
const { unservedOperations } = await importTypescript('src/api/unserved-operations.ts')
const proofs = bestProofs(readEvidence(evidenceDir))
const missing = operations.map(keyOf).filter((key) => !proofs.has(key))
if (missing.length > 0) console.error(`No test saw these succeed:\n${missing.join('\n')}`)
writeFileSync(path.join(root, 'openapi/COVERAGE.md'), document())
process.exit(code === 0 && missing.length === 0 ? 0 : 1)

function testsOfTheApi() {
  const folder = path.join(root, 'test')
  const inFolders = /^(api|cli|definitions|queue|scheduler|secrets|server|tls|tokens|worker)\/.*\.test\.ts$/
  const files = readdirSync(folder, { recursive: true }).filter((name) => inFolders.test(name))
  return files
    .map((name) => path.join(folder, name))
    .filter((file) => /support\/(api-server|stratus-process)\.ts/.test(readFileSync(file, 'utf8')))
}

function keyOf({ method, path: route }) {
  return `${method.toUpperCase()} ${route.replace(/[:*](\w+)/g, '{$1}')}`
}

function document() {
  const served = operations.map((operation) => {
    const key = keyOf(operation)
    const [file = '', title = ''] = (proofs.has(key) && chosenTests[key]) || proofs.get(key) || []
    return row(operation, remarks[key] ? `served: ${remarks[key]}` : 'served', file, title)
  })
  const absent = atEachPath(absentObjects).map((operation) => row(operation, '404', ...absentTest))
  const unserved = atEachPath(unservedOperations).map((operation) => row(operation, '501', ...unservedTest))
  return `# What is served

Made by \`scripts/generate/coverage.mjs\`. Every operation of Stratus, and every other one that dbt Cloud documents: \`served\`, with
what is to be said of it; \`partial\`, with what is missing; \`404\` where Stratus has none of what it asks for; or \`501\`,
which is what it answers. The test is one in which the operation answers as it should; all answers in the tests of the API are compared with the files beside this one, field by field.

${operations.length} operations are served, ${absentObjects.length} find nothing, ${unservedOperations.length} say that they are known.

| operation | | state | test |
| --- | --- | --- | --- |
${[...served, ...absent, ...unserved].join('\n')}
`
}

function row(operation, state, file, title) {
  const test = file === '' ? '' : `${file}: ${title.replaceAll('|', '\\|')}`
  return `| ${operation.operationId} | \`${keyOf(operation)}\` | ${state} | ${test} |`
}
