// Run by `npm run test:full`; builds the projects of test/comparison with bare dbt and with Stratus, and compares them.
// They are built three times, in place and from git: the same nodes must have the same statuses each time. An argument
// names one project. The last line is "N passed, N failed".
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { binDir, root } from '../lib/paths.mjs'
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { passThrough, runVisibly } from '../lib/run-command.mjs'
import { postStratus, readStratus, startStratus } from '../lib/stratus-server.mjs'
import { setUp } from '../set-up/set-up.mjs'

/** A build that fails is compared, too. */
const projects = {
  everything: { folder: '.', commands: ['build', 'source freshness'], files: ['run_results.json', 'sources.json'] },
  package: { folder: 'integration', commands: ['build'], files: ['run_results.json'] },
  failing: { folder: '.', commands: ['build'], files: ['run_results.json'] },
}
const kinds = ['path', 'git']
const rounds = 3
const runLimitMs = 5 * 60_000

await runMain(async () => {
  await setUp(['dbt'])
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-comparison-'))
  try {
    const result = await withPrograms((programs) => compareAll(programs, folder))
    // A signal ended it.
    if (typeof result === 'number') return result
    console.log(`\n${result.passed} passed, ${result.failed} failed`)
    return result.failed === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

async function compareAll(programs, folder) {
  const names = Object.keys(projects).filter((name) => name === (process.argv[2] ?? name))
  if (names.length === 0) throw new PlainError(`There is no project ${process.argv[2]} in test/comparison.`)
  for (const name of names) {
    for (const kind of ['bare', ...kinds]) {
      cpSync(path.join(root, 'test/comparison', name), path.join(folder, kind, name), { recursive: true })
    }
    await commit(path.join(folder, 'git', name))
  }
  writeFileSync(path.join(folder, 'stratus.yml'), JSON.stringify({ projects: definitions(names) }))
  const ready = await startStratus(programs, {
    project: folder,
    dataDir: path.join(folder, 'data'),
    port: 0,
    logFile: path.join(folder, 'stratus.log'),
  })
  const counts = { passed: 0, failed: 0 }
  for (const name of names) {
    for (let round = 1; round <= rounds; round++) {
      const expected = await buildBare(path.join(folder, 'bare', name), projects[name])
      for (const kind of kinds) {
        const got = await buildWithStratus(ready, `${name} ${kind}`, projects[name])
        const different = differences(expected, got.results)
        const ok = different.length === 0 && expected.length > 0
        counts[ok ? 'passed' : 'failed']++
        console.log(`${ok ? 'ok  ' : 'FAIL'} ${name}, ${kind}, run ${round}: ${expected.length} nodes`)
        for (const line of different) console.log(`     ${line}`)
        if (!ok && got.message) console.log(`     ${got.message}`)
      }
    }
  }
  return counts
}

/** One job for each project and kind, named after both. */
function definitions(names) {
  return names.flatMap((name) =>
    kinds.map((kind) => ({
      name: `${name} ${kind}`,
      ...(kind === 'git' ? { git: { url: `./git/${name}` } } : { path: `./path/${name}` }),
      ...(projects[name].folder !== '.' && { subdirectory: projects[name].folder }),
      environments: [
        {
          name: 'Production',
          jobs: [
            { name: `${name} ${kind}`, execute_steps: projects[name].commands.map((command) => `dbt ${command}`) },
          ],
        },
      ],
    })),
  )
}

async function commit(folder) {
  const git = ['-c', 'user.name=Comparison', '-c', 'user.email=comparison@example.com', '-C', folder]
  await runVisibly('git', ['init', '--quiet', '--initial-branch', 'main', folder])
  await runVisibly('git', [...git, 'add', '--all'])
  await runVisibly('git', [...git, 'commit', '--quiet', '--message', 'the project'])
}

async function buildBare(folder, { folder: inside, commands, files }) {
  const cwd = path.join(folder, inside)
  const env = { ...process.env, DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' }
  for (const command of [...(readdirSync(cwd).includes('packages.yml') ? ['deps'] : []), ...commands]) {
    const args = ['--quiet', '--no-print', ...command.split(' ')]
    await passThrough(path.join(binDir('dbt'), 'dbt'), args, { cwd, env, stdio: 'ignore' })
  }
  return files.flatMap((file) => statuses(JSON.parse(readFileSync(path.join(cwd, 'target', file), 'utf8'))))
}

async function buildWithStratus(ready, jobName, { files }) {
  const job = ready.projects
    .flatMap(({ environments }) => environments.flatMap(({ jobs }) => jobs))
    .find(({ name }) => name === jobName)
  const { id } = await postStratus(ready, `jobs/${job.id}/run/`, { cause: 'a comparison' })
  const deadline = Date.now() + runLimitMs
  for (;;) {
    const run = await readStratus(ready, `runs/${id}/`)
    if (run.is_complete) {
      const found = await Promise.all(
        files.map((file) => readStratus(ready, `runs/${id}/artifacts/${file}`).catch(() => ({ results: [] }))),
      )
      return { results: found.flatMap(statuses), message: run.status_message }
    }
    if (Date.now() > deadline)
      throw new PlainError(`The run of ${jobName} was not done after ${runLimitMs / 60_000} minutes.`)
    await sleep(500)
  }
}

function statuses({ results }) {
  return results.map(({ unique_id, status }) => `${unique_id}: ${status}`).sort()
}

function differences(expected, got) {
  return [
    ...expected.filter((line) => !got.includes(line)).map((line) => `dbt alone:     ${line}`),
    ...got.filter((line) => !expected.includes(line)).map((line) => `Stratus alone: ${line}`),
  ]
}
