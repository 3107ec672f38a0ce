import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { binDir, root, stateDir } from '../lib/paths.mjs'
import { capture, runWithProgress } from '../lib/run-command.mjs'
import { askPython, findPython } from './find-python.mjs'

/**
 * Makes .stratus/venv-<name> what requirements/<name>.txt (of the older Airflows, requirements/older/<name>.txt) says. A marker, written last, holds what was installed:
 * an installation that was cut off has none and is done anew.
 */
export async function createVirtualEnvironment(name, python) {
  const env = await installerEnvironment(python.path)
  if (!(await isInstalled('uv'))) {
    const pip = ['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '-r', requirementsFile('uv')]
    await makeAnew('uv', python, [], { command: path.join(binDir('uv'), 'python'), args: pip, env })
  }
  const uv = ['pip', 'install', '--compile-bytecode', '-r', requirementsFile(name)]
  for (const file of overridesOf(name)) uv.push('--override', file)
  uv.push('--python', path.join(binDir(name), 'python'))
  // The environment needs no pip, which takes Python seconds to unpack: uv installs the packages.
  await makeAnew(name, python, ['--without-pip'], { command: path.join(binDir('uv'), 'uv'), args: uv, env })
}

async function makeAnew(name, python, options, { command, args, env }) {
  const dir = path.dirname(binDir(name))
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(stateDir, { recursive: true })
  const title = `${name}: environment, Python ${python.version}`
  await runWithProgress(title, python.path, ['-m', 'venv', ...options, dir], { env })
  await runWithProgress(`${name}: packages`, command, args, { env, cwd: root })
  writeFileSync(markerFile(name), `${JSON.stringify({ lockHash: hashOf(name), python: python.version })}\n`)
}

/** Nothing is to be done if .stratus/venv-<name> fits its lock (and STRATUS_PYTHON, if that is set). */
export async function isInstalled(name) {
  const installed = readMarker(name)
  if (installed?.lockHash !== hashOf(name)) return false
  const inside = await askPython(path.join(binDir(name), 'python'))
  if (inside?.version !== installed.python) return false
  return !process.env.STRATUS_PYTHON || (await findPythonFor(name)).version === installed.python
}

/** Chooses the interpreter for an environment: the older Airflows (airflow-2.10, …) end at Python 3.12. */
export function findPythonFor(name) {
  return findPython(isOlder(name) ? 12 : undefined)
}

function markerFile(name) {
  return path.join(stateDir, `venv-${name}`, 'installed.json')
}

function readMarker(name) {
  try {
    return JSON.parse(readFileSync(markerFile(name), 'utf8'))
  } catch {
    // Never installed, or cut off while this was written.
    return undefined
  }
}

/** The place counts too: the programs of a virtual environment name their interpreter by its full path. */
function hashOf(name) {
  const hash = createHash('sha256').update(root)
  const files = [requirementsFile('uv'), requirementsFile(name), ...overridesOf(name)]
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}

/** Files of versions that are installed although a package asks for others; few locks have one. */
function overridesOf(name) {
  const file = path.join(root, 'requirements', `${name}.override.txt`)
  return existsSync(file) ? [file] : []
}

/** The lock of an environment, or with the ending `in` what it was made from. */
export function requirementsFile(name, ending = 'txt') {
  return path.join(root, 'requirements', isOlder(name) ? 'older' : '', `${name}.${ending}`)
}

function isOlder(name) {
  return /^airflow-\d/.test(name)
}

/** uv does not read pip's settings, and people behind a package mirror have it there. */
async function installerEnvironment(python) {
  const env = { ...process.env, UV_PYTHON_DOWNLOADS: 'never' }
  delete env.VIRTUAL_ENV
  delete env.PYTHONHOME
  delete env.PYTHONPATH
  const { output } = await capture(python, ['-m', 'pip', 'config', 'list'])
  const settings = new Map()
  for (const line of output.split('\n')) {
    const match = /^(?:global|install|:env:)\.([a-z-]+)='(.*)'$/.exec(line.trim())
    if (match) settings.set(match[1], match[2])
  }
  if (settings.has('index-url') && !env.UV_DEFAULT_INDEX) env.UV_DEFAULT_INDEX = settings.get('index-url')
  if (settings.has('extra-index-url') && !env.UV_INDEX)
    env.UV_INDEX = settings.get('extra-index-url').replace(/\\n/g, ' ')
  if (settings.has('cert') && !env.SSL_CERT_FILE) env.SSL_CERT_FILE = settings.get('cert')
  return env
}
