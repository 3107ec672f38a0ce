export type Scrub = (text: string) => string

/** Variables whose name contains this are secret; dbt's own rule. */
const secretName = 'DBT_ENV_SECRET'

export function secretsOf(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables)
    .filter(([name]) => name.includes(secretName))
    .map(([, value]) => value)
}

/**
 * Replaces secrets by ***** in text that consists of whole lines. Also found: each line of a secret with several,
 * and the forms that a secret takes inside JSON and inside an address.
 */
export function createScrubber(secrets: readonly string[]): Scrub {
  const forms = new Set(secrets.flatMap(formsOf).filter((form) => form.trim() !== ''))
  if (forms.size === 0) return (text) => text
  // The longest first, so that no part of a secret stays when another secret is its beginning.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(escapeForPattern).join('|'), 'g')
  return (text) => text.replace(pattern, '*****')
}

/** Removes user and password from the addresses in a text. */
export function scrubCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '$1*****@')
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= 8)
  const whole = [secret, JSON.stringify(secret).slice(1, -1), encodeForAddress(secret)]
  return lines.length > 1 ? [...whole, ...lines] : whole
}

function encodeForAddress(secret: string): string {
  // A lone surrogate cannot be encoded, nor be part of an address.
  return /\p{Surrogate}/u.test(secret) ? secret : encodeURIComponent(secret)
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
