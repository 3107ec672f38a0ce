import { PlainError } from '../lib/plain-error.mjs'
import { capture } from '../lib/run-command.mjs'

const oldestMinor = 10
const newestMinor = 13
const question = `
import importlib.util, json, sys
missing = [name for name in ["venv", "ensurepip", "_ssl", "_sqlite3"] if importlib.util.find_spec(name) is None]
print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3]), "missing": missing}))
`

/**
 * The newest Python 3.10–3.13 on PATH that can make virtual environments; STRATUS_PYTHON chooses another. With `newest`,
 * what is newer than that Python 3.x does not do, whoever chose it.
 */
export async function findPython(newest = newestMinor, env = process.env) {
  const chosen = env.STRATUS_PYTHON ? await findChosenPython(env.STRATUS_PYTHON) : undefined
  if (chosen && chosen.minor <= newest) return chosen
  const found = []
  for (const name of candidates()) {
    const python = await askPython(name)
    if (!python || !isSupported(python) || python.minor > newest) continue
    found.push(python)
    if (python.missing.length === 0) return python
  }
  if (found.length > 0) throw new PlainError(missingModuleMessage(found[0]))
  throw new PlainError(
    `Python 3.${oldestMinor} to 3.${newest} was not found. Install one, for example: apt install python3 python3-venv, or: brew install python@3.${newest}. STRATUS_PYTHON can name one that is not on PATH.`,
  )
}

/** Asks a Python for its version; undefined when it does not run (as a pyenv shim without its version). */
export async function askPython(command) {
  const { code, output } = await capture(command, ['-c', question])
  if (code !== 0) return undefined
  try {
    const { path, version, missing } = JSON.parse(output.trim().split('\n').pop())
    return { path, version: version.join('.'), minor: version[1], major: version[0], missing }
  } catch {
    // Not a Python at all, or one that prints something else.
    return undefined
  }
}

async function findChosenPython(command) {
  const python = await askPython(command)
  if (!python) throw new PlainError(`STRATUS_PYTHON is ${command}, which is not a Python that runs.`)
  if (!isSupported(python)) {
    throw new PlainError(
      `STRATUS_PYTHON is Python ${python.version}, but 3.${oldestMinor} to 3.${newestMinor} is needed.`,
    )
  }
  if (python.missing.length > 0) throw new PlainError(missingModuleMessage(python))
  return python
}

function candidates() {
  const names = []
  for (let minor = newestMinor; minor >= oldestMinor; minor -= 1) names.push(`python3.${minor}`)
  return [...names, 'python3', 'python']
}

function isSupported({ major, minor }) {
  return major === 3 && minor >= oldestMinor && minor <= newestMinor
}

function missingModuleMessage({ path, minor, missing }) {
  const what = `${path} (Python 3.${minor}) has no ${missing.map((name) => name.replace('_', '')).join(' and no ')} module.`
  if (missing.some((name) => name.startsWith('_'))) return `${what} Install a Python that was built with it.`
  return `${what} Install it, for example: apt install python3.${minor}-venv.`
}
