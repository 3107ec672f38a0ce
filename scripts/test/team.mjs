// Run by `npm run test:full`; replays what the README's "For a team" says, word for word: from an empty PostgreSQL to Airflow's green "Test".
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startPostgres } from '../../test/support/database/postgres-server.mjs'
import { findFreePort } from '../lib/free-port.mjs'
import { binDir, root } from '../lib/paths.mjs'
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { passThrough } from '../lib/run-command.mjs'
import { setUp } from '../set-up/set-up.mjs'
import { readTeamGuide } from './team-guide.mjs'

/** Airflow's button asks the hook this. */
const testButton = `
from airflow.providers.dbt.cloud.hooks.dbt import DbtCloudHook
succeeded, message = DbtCloudHook().test_connection()
print("Test:", message)
assert succeeded
`

await runMain(async () => {
  await setUp(['dbt', 'airflow'])
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-team-'))
  const postgres = await startPostgres()
  try {
    const port = await findFreePort(8443, [])
    makeRepository(path.join(folder, 'repositories/shop.git'))
    const gitPort = await findFreePort(9418, [port])
    const guide = readTeamGuide(readFileSync(path.join(root, 'README.md'), 'utf8'), {
      'postgres://stratus:secret@db:5432/stratus': postgres.url,
      '/var/lib/stratus': path.join(folder, 'data'),
      'https://git.example.com/data/shop.git': `git://127.0.0.1:${gitPort}/shop.git`,
      ':8443': `:${port}`,
      'stratus.example.com': 'localhost',
    })
    writeFileSync(path.join(folder, 'stratus.yml'), guide.document)
    writeFileSync(path.join(folder, 'test_button.py'), testButton)
    writeFileSync(path.join(folder, 'steps.sh'), scriptOf(guide, { folder, gitPort }))
    const code = await passThrough('bash', ['steps.sh'], {
      cwd: folder,
      env: environment(folder, port),
    })
    if (code !== 0) throw new PlainError(`The README's steps ended with exit code ${code}.`)
    console.log('\n1 passed, 0 failed')
    return 0
  } finally {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** One person types this in three shells; here it is one script. */
function scriptOf({ server, authority, client, airflow }, { folder, gitPort }) {
  return `
set -eu
trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT
(cd '${root}' && npm link --silent --ignore-scripts) # built already
git daemon --export-all --listen=127.0.0.1 --port=${gitPort} --base-path='${folder}/repositories' &
set -v
${inBackground(server)}
until [ -e "$STRATUS_DATA_DIR/ready.json" ]; do jobs %% >/dev/null; sleep 0.2; done
${authority}
unset DATABASE_URL STRATUS_SECRET_KEY STRATUS_DATA_DIR STRATUS_TLS_NAMES STRATUS_PORT
${client}
set +v # what a shell evaluates there has the token in it
${airflow}
"$VIRTUAL_ENV/bin/python" ${path.join(folder, 'test_button.py')}
`
}

/** The guide's last command of this shell stays there. */
function inBackground(server) {
  const command = /^stratus serve\b.*\n$/m
  if (!command.test(server))
    throw new PlainError('The README\'s "For a team" does not end its first block with stratus serve.')
  return server.replace(command, 'stratus serve >serve.log 2>&1 &\n')
}

/** It is like a new machine: nothing of ours is set but where programs are. */
function environment(folder, port) {
  const prefix = path.join(folder, 'npm')
  mkdirSync(prefix)
  const rest = Object.entries(process.env).filter(
    ([name]) => !/^(AIRFLOW|STRATUS|DATABASE_URL|SSL_|REQUESTS_)/.test(name),
  )
  return {
    ...Object.fromEntries(rest),
    HOME: folder,
    XDG_DATA_HOME: path.join(folder, 'share'),
    npm_config_prefix: prefix,
    PATH: [path.join(prefix, 'bin'), binDir('dbt'), process.env.PATH].join(path.delimiter),
    VIRTUAL_ENV: path.dirname(binDir('airflow')),
    AIRFLOW_HOME: path.join(folder, 'airflow'),
    AIRFLOW__CORE__TEST_CONNECTION: 'Enabled',
    STRATUS_PORT: String(port),
  }
}

/** Makes a dbt project with its profile, in a repository of its own. */
function makeRepository(repository) {
  mkdirSync(path.join(repository, 'models'), { recursive: true })
  mkdirSync(path.join(repository, 'seeds'))
  writeFileSync(path.join(repository, 'dbt_project.yml'), 'name: shop\nversion: "1.0.0"\nprofile: shop\n')
  const output = '{ type: duckdb, path: shop.duckdb }'
  writeFileSync(path.join(repository, 'profiles.yml'), `shop:\n  target: dev\n  outputs:\n    dev: ${output}\n`)
  writeFileSync(path.join(repository, 'seeds/raw_orders.csv'), 'id,amount\n1,10\n2,20\n')
  writeFileSync(path.join(repository, 'models/orders.sql'), "select * from {{ ref('raw_orders') }}\n")
  const git = ['-c', 'user.name=Shop', '-c', 'user.email=shop@example.com']
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...git, 'commit', '-q', '-m', 'A shop'],
  ]) {
    const { status, stderr } = spawnSync('git', args, { cwd: repository, encoding: 'utf8' })
    if (status !== 0) throw new PlainError(`git ${args.join(' ')}: ${stderr}`)
  }
}
