import { isSecretDetail, isTooShortToHide, shortestHidden } from '../../../domain/secrets/secret-names.ts'
import { parseJson } from '../../../util/objects/parse-json.ts'

/** A single line of a secret is hidden from this length on. */
const shortestLine = 8

/** Every text as which a secret may be shown: itself, its lines, and how programs write it into other texts. */
export function formsOfSecret(secret: string): Set<string> {
  const written = partsOf(secret).flatMap((part) => [part, ...encodingsOf(part)])
  const inJson = written.flatMap((text) => [text, ...jsonForms(text)])
  // JSON inside of JSON: what a test or a model says of a document.
  const all = inJson.flatMap((text) => [text, ...jsonForms(text)])
  // Blanks around it stay: with its last newline hidden, two lines of a log would become one.
  return new Set(all.filter((form) => form.length >= shortestHidden && form === form.trim()))
}

/** The secret as it is, trimmed, each of its lines, and the secrets inside of one that is JSON or an address. */
function partsOf(secret: string): string[] {
  if (isTooShortToHide(secret)) return []
  const lines = secret.split(/\r?\n/).map((line) => line.trim())
  const inner = [...secretsInJson(secret), ...passwordInAddress(secret)].filter((text) => !isTooShortToHide(text))
  const parts = [secret, secret.trim(), ...lines.filter(({ length }) => length >= shortestLine), ...inner]
  return [...new Set(parts)].filter((part) => part.trim() !== '')
}

/** A key file's private key is printed without the rest of the file. */
function secretsInJson(text: string): string[] {
  const value = text.trimStart().startsWith('{') ? parseJson(text) : undefined
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && isSecretDetail(key) ? [inner, inner.trim(), ...linesOf(inner)] : [],
  )
}

function passwordInAddress(text: string): string[] {
  if (!text.includes('://') || !URL.canParse(text.trim())) return []
  const { password } = new URL(text.trim())
  return password === '' ? [] : [password, decoded(password)]
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(({ length }) => length >= shortestLine)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a percent sign that encodes nothing
  }
}

function encodingsOf(text: string): string[] {
  const bytes = Buffer.from(text)
  const hex = bytes.toString('hex')
  const hexForms = [hex, hex.toUpperCase()].flatMap((form) => [form, ...inLines(form, 60)])
  return [...addressForms(text), ...base64Forms(bytes), ...hexForms, ...quotedForms(text)]
}

/** Answers the text in JSON: with all characters as they are, and as Python writes it, in ASCII. */
function jsonForms(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1)
  return [quoted, quoted.replace(/[\u007f-\uffff]/g, (character) => `\\u${hexOf(character, 4)}`)]
}

/** JavaScript, Python and HTML forms escape an address differently, in either case. */
function addressForms(text: string): string[] {
  const usual = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'))
  const strict = usual.replace(/[!'()*]/g, (character) => `%${hexOf(character, 2).toUpperCase()}`)
  const forms = [usual, strict, strict.replaceAll('%2F', '/'), strict.replaceAll('%20', '+')]
  return [...forms, ...forms.map((form) => form.replace(/%[0-9A-F]{2}/g, (encoded) => encoded.toLowerCase()))]
}

/** The characters of base64 that the text alone decides, wherever it stands among others. */
function base64Forms(bytes: Buffer): string[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const own = text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3))
    // Programs break long ones into lines.
    return [own, ...inLines(own, 76), ...inLines(own, 64)]
  })
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

function inLines(text: string, length: number): string[] {
  if (text.length <= length) return []
  const lines = Array.from({ length: Math.ceil(text.length / length) }, (_, n) =>
    text.slice(n * length, (n + 1) * length),
  )
  return lines.filter((line) => line.length >= shortestLine)
}

/** Shells, Python, SQL and HTML quote differently. */
function quotedForms(text: string): string[] {
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll("'", "''"),
    text.replace(/[^\w@%+=:,./\u0080-\uffff-]/g, '\\$&'),
    pythonForm(text, ''),
    pythonForm(text, "'"),
    pythonForm(Buffer.from(text).toString('latin1'), "'", /[^ -~]/g),
    ...htmlForms(text),
  ]
}

/** Programs write the quotes in several ways: Jinja, Python, and most others. */
function htmlForms(text: string): string[] {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return ['&#34;', '&quot;', '"'].flatMap((double) =>
    ['&#39;', '&#x27;', '&apos;', "'"].map((single) => plain.replaceAll('"', double).replaceAll("'", single)),
  )
}

/** The text that `repr` shows between its quotes. */
function pythonForm(text: string, quote: string, hidden = /[\p{Cc}\u00a0\u00ad]/gu): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(hidden, (character) => `\\x${hexOf(character, 2)}`)
  return quote === '' ? escaped : escaped.replaceAll(quote, `\\${quote}`)
}

function hexOf(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0')
}
