// Run by whoever ran `npm run test:full`, and by `npm run check` (with --check); writes docs/compatibility.md.
// It takes what the tests of the clients left. With --check it fails when the page lacks a test or a pinned version.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { clientsOf } from '../compat/other-clients.mjs'
import { newestClients, olderClients, resultFile } from '../compat/run-compat.mjs'
import { root } from '../lib/paths.mjs'
import { requirementsFile } from '../set-up/virtual-environment.mjs'

const page = path.join(root, 'docs', 'compatibility.md')
const environments = Object.keys({ ...newestClients, ...olderClients })

if (process.argv.includes('--check')) check()
else write()

function write() {
  const missing = environments.filter((name) => !existsSync(resultFile(name)))
  if (missing.length > 0) {
    console.error(
      `The tests have not run for ${missing.join(', ')}. Run: node scripts/compat/compat.mjs ${missing.join(' ')}`,
    )
    process.exitCode = 1
    return
  }
  const reports = Object.fromEntries(environments.map((name) => [name, readReport(name)]))
  writeFileSync(page, document(reports))
}

function check() {
  const known = readFileSync(page, 'utf8')
  const expected = [...testsInFiles().values()].flat()
  const problems = [
    ...[...expected, ...pinnedVersions()].filter((each) => !known.includes(each)),
    ...countedRows().filter(([title, end]) => !rows(known).some((row) => row.startsWith(title) && row.includes(end))),
  ]
  for (const each of problems) console.error(`docs/compatibility.md does not say: ${[each].flat().join(' … ')}`)
  if (problems.length === 0) return
  console.error('It is stale. Run: npm run test:full && node scripts/generate/compatibility.mjs')
  process.exitCode = 1
}

/** The sentences of all tests there are, by file. */
function testsInFiles() {
  const folder = path.join(root, 'test', 'compat')
  const files = readdirSync(folder, { recursive: true }).filter((file) => /(^|\/)test_\w+\.py$/.test(file))
  const sentencesOf = (file) => [...readFileSync(path.join(folder, file), 'utf8').matchAll(/^def (test_\w+)\(/gm)]
  return new Map(files.map((file) => [file, sentencesOf(file).map(([, name]) => sentence(name))]))
}

/** Says how the rows of the first table begin, and what they say of how much was run. */
function countedRows() {
  const tests = testsInFiles()
  const count = (files) => files.flatMap(([, sentences]) => sentences).length
  const ofAirflow = ([file]) => file.startsWith('airflow/')
  const clients = clientsOf({ packages: {}, files: new Map([...tests].filter((each) => !ofAirflow(each))) })
  return [
    ['| Airflow |', `| itself | ${count([...tests].filter(ofAirflow))} |`],
    ...clients.map(({ title, how, files }) => [`| ${title} |`, `| ${how} | ${count(files)} |`]),
  ]
}

function rows(page) {
  return page.split('\n').filter((line) => line.startsWith('|'))
}

function pinnedVersions() {
  const packages = /^(apache-airflow|apache-airflow-providers-dbt-cloud|dbtc|dbt-jobs-as-code)==([^\s;]+)/gm
  return environments.flatMap((name) => {
    const wanted = readFileSync(requirementsFile(name, 'in'), 'utf8')
    return [...wanted.matchAll(packages)].map(([, , version]) => version)
  })
}

/** The outcomes of a report by file and by the sentence of the test; one that has parameters counts as one. */
function readReport(environment) {
  const { python, packages, tests } = JSON.parse(readFileSync(resultFile(environment), 'utf8'))
  const files = new Map()
  for (const { test, outcome, reason } of tests) {
    const [, file, name] = /^(.+?)::(\w+)/.exec(test)
    const outcomes = files.get(file) ?? files.set(file, new Map()).get(file)
    const known = outcomes.get(sentence(name))
    if (known?.outcome !== 'failed') outcomes.set(sentence(name), { outcome, reason })
  }
  return { python, packages, files }
}

function sentence(name) {
  return name.replace(/^test_/, '').replaceAll('_', ' ')
}

function document(reports) {
  const airflows = environments.filter((name) => name.startsWith('airflow')).map((name) => [name, reports[name]])
  const clients = clientsOf(reports.clients)
  const summary = [
    ...airflows.map(([, report]) => ['Airflow', versionsOf(report), 'itself', ...tally([...report.files.values()])]),
    ...clients.map(({ title, version, how, files }) => [
      title,
      version,
      how,
      ...tally(files.map(([, tests]) => tests)),
    ]),
  ]
  return `# Compatibility

Made by \`scripts/generate/compatibility.mjs\` from a run of \`test/compat\`, which imports nothing of the server and drives it as its
clients do. "Itself" is the client as it is on PyPI, in an environment of exact versions (\`requirements/\`). "Its requests"
are those of its source, sent with the same paths, queries, headers and bodies; what is asserted is what it reads. The
tables are the results of that run; the words between them stand in the script.

${table(['client', 'version', 'what was run', 'tests', 'result'], summary)}

\`npm test\` runs the newest Airflow and all other clients, \`npm run test:full\` the older Airflows too, each of a day in the
past (\`uv pip compile --exclude-newer\`). Those need Python 3.10, 3.11 or 3.12; the newest one, and the other clients, 3.13
as well. How to run the tests against another server stands in [CONTRIBUTING.md](../CONTRIBUTING.md).

## What there is none of

Lists of what dbt Cloud has and Stratus has none of (invites, groups, license maps, SSH tunnels, IP restrictions, private
endpoints, OAuth configurations, semantic layer credentials, lineage integrations, …) are empty lists, and one of them is
not found; only changing them answers 501, with a sentence. Webhooks and notifications answer 501. Service tokens stand for
users: each has the address \`token-<id>@stratus.invalid\`, because clients parse one, and reads no mail.

## Airflow

${airflowTable(airflows)}

Provider 4.11.1 marks nothing of its own as deprecated. Airflow 3.3 warns about one thing that it uses itself:
\`ProvidersManager.hooks\`, in favour of \`ProvidersManagerTaskRuntime.hooks\`; nothing is to be done in a DAG.

${clients.map((client) => clientSection(client)).join('\n\n')}
`
}

function versionsOf({ python, packages }) {
  const [airflow, provider] = [packages['apache-airflow'], packages['apache-airflow-providers-dbt-cloud']]
  return `${airflow}, provider ${provider}, Python ${python.split('.').slice(0, 2).join('.')}`
}

function tally(files) {
  const outcomes = files.flatMap((tests) => [...tests.values()].map(({ outcome }) => outcome))
  const count = (wanted) => outcomes.filter((outcome) => outcome === wanted).length
  const absent = count('skipped') > 0 ? `, ${count('skipped')} not in this version` : ''
  return [`${outcomes.length}`, `${count('failed') === 0 ? 'works' : `${count('failed')} fail`}${absent}`]
}

/** The pairs of Airflow and provider stand side by side. */
function airflowTable(airflows) {
  const [, newest] = airflows[0]
  const rows = [...newest.files].flatMap(([file, tests]) =>
    [...tests.keys()].map((name) => [name, ...airflows.map(([, { files }]) => mark(files.get(file)?.get(name)))]),
  )
  const heads = airflows.map(([, { packages }]) => {
    const [airflow, provider] = [packages['apache-airflow'], packages['apache-airflow-providers-dbt-cloud']]
    return `${airflow}, ${provider}`
  })
  return table(['what was exercised', ...heads], rows)
}

function clientSection({ title, notes, files }) {
  const rows = files.flatMap(([, tests]) => [...tests].map(([name, result]) => [name, mark(result)]))
  const text = [`## ${title}`, notes, table(['what was exercised', 'result'], rows)]
  return text.filter(Boolean).join('\n\n')
}

function mark(result) {
  if (result === undefined) return ''
  if (result.outcome === 'skipped') return result.reason?.replace(/^Skipped: /, '') ?? 'not run'
  return result.outcome === 'passed' ? 'works' : 'fails'
}

function table(head, rows) {
  const row = (cells) => `| ${cells.join(' | ')} |`
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
}
