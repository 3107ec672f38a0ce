import { oneLine, shorten } from '../../util/text/one-line.ts'

export interface Failure {
  readonly type: string
  readonly name: string
  readonly file?: string | undefined
  /** It is true for a test that found something, which is no error. */
  readonly isFinding: boolean
  /** The reason is dbt's words or the database's, in many lines or none. */
  readonly reason: string
  /** Where there is more to say than that, this says all of it. */
  readonly sentence?: string | undefined
}

const maxNamed = 3

/** Where several are named, each has so much room. */
const maxShared = 300

/** Names the first things that failed, each with its file and its reason, and says how many more there are. */
export function failureSentence(failures: readonly Failure[]): string {
  const named = failures.slice(0, maxNamed).map(describe)
  const sentences = named.length > 1 ? named.map((sentence) => shorten(sentence, maxShared)) : named
  const more = failures.length - named.length
  return `${sentences.join('; ')}${more > 0 ? ` … and ${more} more` : ''}`
}

function describe({ type, name, file, isFinding, reason, sentence }: Failure): string {
  if (sentence !== undefined) return shorten(sentence)
  const hook = type === 'operation' ? hookIn(reason) : undefined
  const message = oneLine(hook?.reason ?? reason)
  // dbt's own words often name kind and place: "Database Error in model orders (models/orders.sql)".
  if (message.includes(` ${name} (`)) return message
  const place = hook === undefined ? `${type} ${name}` : `hook ${hook.name}`
  const where = file === undefined || file === '' ? place : `${place} (${file.replace(/^\.\//, '')})`
  return shorten(`${isFinding ? 'Failure' : 'Error'} in ${where}${message === '' ? '' : `: ${message}`}`)
}

/** dbt's own name of a hook, which says where it stands: `shop.on-run-start.0 failed, error:` and the reason. */
function hookIn(reason: string): { name: string; reason: string } | undefined {
  const [, name, rest] = /^\s*(\S+) failed, error:\n?([\s\S]*)$/.exec(reason.slice(0, 16_000)) ?? []
  return name === undefined || rest === undefined ? undefined : { name, reason: rest }
}
