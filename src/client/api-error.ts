import * as z from 'zod'
import { AppError } from '../domain/errors.ts'

/** A request that a server refused, or that never reached one. `status` is undefined then. */
export class ApiError extends AppError {
  override readonly name = 'ApiError'
  readonly status: number | undefined
  /** It is true if the same request may succeed in a moment. */
  readonly isPassing: boolean

  constructor(message: string, options: { status?: number; code?: string; fields?: Record<string, string> } = {}) {
    super(message, options)
    this.status = options.status
    this.isPassing = passingStatuses.has(options.status ?? 0) || passingCodes.has(options.code ?? '')
  }
}

const passingStatuses = new Set([429, 502, 503, 504])
const passingCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE'])

const refusal = z.object({
  status: z.object({ user_message: z.string(), developer_message: z.string().nullish() }),
  data: z.unknown(),
})
const fieldMessages = z.record(z.string(), z.string())

/**
 * The server's own words, with one line for each field at fault. What it says to developers comes first: the sentence
 * for users is dbt Cloud's, the same for whatever is missing or forbidden.
 */
export function explainRefusal(status: number, body: unknown): { message: string; fields?: Record<string, string> } {
  const parsed = refusal.safeParse(body)
  if (!parsed.success)
    return { message: `The server answered ${status}, and not in the form that Stratus does. Is the address right?` }
  const fields = fieldMessages.safeParse(parsed.data.data)
  const { user_message: forUsers, developer_message: forDevelopers } = parsed.data.status
  if (!fields.success || Object.keys(fields.data).length === 0)
    return { message: join(status, forUsers, forDevelopers ?? '') }
  const message = forUsers
  // A refused document says all of it in its message already.
  const unsaid = Object.entries(fields.data).filter(([, text]) => !message.includes(text))
  const lines = unsaid.map(([field, text]) => `  ${field}: ${text}`)
  return { message: [message, ...lines].join('\n'), fields: fields.data }
}

/** For what is not there, dbt Cloud's sentence adds nothing; for a database that is away, it is the news. */
function join(status: number, forUsers: string, forDevelopers: string): string {
  if (forDevelopers === '') return forUsers
  if (status === 404) return forDevelopers
  if (status === 503) return `${forUsers}\n  ${forDevelopers}`
  return forDevelopers.includes(forUsers) ? forDevelopers : `${forDevelopers}\n  ${forUsers}`
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'there was no answer in time',
  ECONNABORTED: 'there was no answer in time',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name: add it with --tls-name or --public-url on the server',
  CERT_HAS_EXPIRED: 'its certificate has ended',
  EPROTO: 'it does not speak TLS there',
}
const untrusted =
  'its certificate is not trusted here: set STRATUS_CA_FILE to the ca.pem of the server ("stratus ca" there prints it)'

/** Says why a server could not be talked to, in a sentence. */
export function explainUnreachable(url: string, code: string | undefined): string {
  if (url.startsWith('http:') && code === 'ECONNRESET') {
    return `The server ${url} cannot be reached: it cut the connection, as one does that speaks https: try ${url.replace('http:', 'https:')}.`
  }
  const isUntrusted = code !== undefined && /SELF_SIGNED|UNABLE_TO|UNTRUSTED|DEPTH_ZERO/.test(code)
  const reason = isUntrusted ? untrusted : ((code && reasons[code]) ?? code ?? 'unknown reason')
  return `The server ${url} cannot be reached: ${reason}.`
}
