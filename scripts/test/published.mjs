// Run by `npm run test:full`; packs the published form, installs the tarball in another folder, and runs the sample project with that Stratus.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from '../lib/paths.mjs'
import { PlainError, runMain } from '../lib/plain-error.mjs'
import { withPrograms } from '../lib/programs.mjs'
import { runVisibly } from '../lib/run-command.mjs'
import { readStratus, startStratus } from '../lib/stratus-server.mjs'
import { setUp } from '../set-up/set-up.mjs'

await runMain(async () => {
  await setUp(['dbt'])
  const folder = mkdtempSync(path.join(tmpdir(), 'stratus-published-'))
  try {
    const result = await withPrograms((programs) => useIt(programs, folder))
    if (typeof result === 'number') return result
    console.log('\n1 passed, 0 failed')
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

async function useIt(programs, folder) {
  const [home, project] = [path.join(folder, 'home'), path.join(folder, 'project')]
  mkdirSync(home)
  writeFileSync(path.join(home, 'package.json'), '{ "private": true }')
  await runVisibly('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const { default: ours } = await import('../../package.json', { with: { type: 'json' } })
  await runVisibly('npm', ['install', '--no-audit', '--no-fund', path.join(folder, `stratus-${ours.version}.tgz`)], {
    cwd: home,
  })
  cpSync(path.join(root, 'examples/coffee_roastery'), project, { recursive: true })
  const program = path.join(home, 'node_modules/.bin/stratus')
  const ready = await startStratus(programs, {
    project,
    dataDir: path.join(folder, 'data'),
    port: 0,
    logFile: path.join(folder, 'stratus.log'),
    installed: { file: program, args: [], cwd: home },
  })
  await runVisibly(program, ['run', 'Build', '--data-dir', path.join(folder, 'data')], { cwd: home })
  const [run] = await readStratus(ready, 'runs/?order_by=-id&limit=1')
  if (run?.status !== 10) throw new PlainError(`The run is ${run?.status_humanized}: ${run?.status_message}`)
}
