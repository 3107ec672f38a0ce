import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { program, root } from '../lib/paths.mjs'
import { runWithProgress } from '../lib/run-command.mjs'

/** Runs `npm ci` unless node_modules already holds what package-lock.json says. */
export async function ensureNodePackages() {
  if (isInstalled()) return
  await runWithProgress(
    'Node packages and build',
    ...npm(['ci', '--no-audit', '--no-fund', '--prefer-offline', '--fetch-retry-mintimeout=1000']),
    { cwd: root },
  )
}

/** Runs `npm run build` when a source is newer than the built program. */
export async function ensureBuild() {
  const sources = ['src', 'openapi', 'package.json', 'tsconfig.json', 'scripts/build', 'scripts/generate/types.mjs']
  const newest = Math.max(...sources.map((name) => newestChange(path.join(root, name))))
  // The first and the last file that a build writes: one that was cut off has only the first.
  const built = [program, path.join(root, 'dist', 'embedded-template.tar.gz')]
  if (built.every((file) => existsSync(file) && statSync(file).mtimeMs >= newest)) return
  await runWithProgress('build', ...npm(['run', '--silent', 'build']), { cwd: root })
}

/** npm keeps a copy of what it installed. Optional packages may be absent: they are for other machines. */
function isInstalled() {
  const installedFile = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(([name, { version, optional, devOptional }]) => {
    if (name === '') return true
    const present = installed[name]
    return present ? present.version === version : Boolean(optional || devOptional)
  })
}

/** A folder's own time counts too: it changes when a file in it is removed. */
function newestChange(file) {
  if (!existsSync(file)) return 0
  const stat = statSync(file)
  if (!stat.isDirectory()) return file.includes('.generated.') ? 0 : stat.mtimeMs
  const inside = readdirSync(file).map((name) => newestChange(path.join(file, name)))
  return Math.max(stat.mtimeMs, ...inside)
}

/** The npm that runs this script, else the one on PATH. */
function npm(args) {
  const running = process.env.npm_execpath
  return running?.endsWith('.js') ? [process.execPath, [running, ...args]] : ['npm', args]
}
