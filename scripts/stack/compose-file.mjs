import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parse } from 'yaml'

/** The compose file as an engine would see it: anchors merged, variables replaced by those of `variables`. */
export function readCompose(file, variables) {
  return interpolate(parse(readFileSync(file, 'utf8'), { merge: true }), variables)
}

/** The variables of an env file. */
export function readEnvFile(file) {
  return parseEnv(readFileSync(file, 'utf8'))
}

/** The names of the variables that a text asks for. */
export function variablesIn(text) {
  return [...text.matchAll(reference)].map(([, name]) => name)
}

/** The services that run without a profile and those of `profiles`, each after those that it depends on. */
export function startOrder(services, profiles = []) {
  const order = []
  const visit = (name, path) => {
    if (order.includes(name)) return
    if (path.includes(name)) throw new Error(`circle of dependencies: ${[...path, name].join(' → ')}`)
    for (const other of Object.keys(services[name].depends_on ?? {})) visit(other, [...path, name])
    order.push(name)
  }
  for (const [name, service] of Object.entries(services)) {
    if (!service.profiles || service.profiles.some((profile) => profiles.includes(profile))) visit(name, [])
  }
  return order
}

/** Takes a short form of a mount, `source:target[:ro]`, in its parts. */
export function parseMount(mount) {
  const [source, target, mode] = mount.split(':')
  return { source, target, readOnly: mode === 'ro', isVolume: !/^[./]/.test(source) }
}

const reference = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([-?])([^}]*))?\}/g

function interpolate(value, variables) {
  if (typeof value === 'string') {
    return value.replace(reference, (_, name, operator, word) => {
      if (variables[name]) return variables[name]
      if (operator === '-') return word
      if (operator === '?') throw new Error(`${name} is not set: ${word}`)
      return ''
    })
  }
  if (Array.isArray(value)) return value.map((item) => interpolate(item, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolate(inner, variables)]))
}
