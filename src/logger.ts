import { isNativeError } from 'node:util/types'
import pino, { type Logger } from 'pino'
import { formatForPeople } from './util/text/format-log-line.ts'
import { hideCredentials } from './util/text/hide-credentials.ts'

interface LogSettings {
  readonly level: string
  /** The file descriptor is 1 or 2. */
  readonly fd: 1 | 2
  /** `people` means short lines for a terminal. */
  readonly format: 'json' | 'people'
}

/**
 * Loggers exist before the configuration is known, so level and output are set later, for all at once:
 * the one piece of state that this module keeps.
 */
let settings: LogSettings = { level: 'warn', fd: 2, format: 'json' }
let output: { write(line: string): unknown } | undefined
const loggers: Logger[] = []

export function configureLogging(next: LogSettings): void {
  settings = next
  output = undefined
  for (const logger of loggers) logger.level = next.level
}

const sink = {
  write(line: string) {
    // Synchronous, so that nothing is lost when the process ends; a closed pipe is no error.
    output ??= pino.destination({ dest: settings.fd, sync: true })
    const scrubbed = scrubSecrets(line)
    output.write(settings.format === 'people' ? formatForPeople(scrubbed) : scrubbed)
  },
}

const secretKeys = ['authorization', 'token', 'password', 'secret', 'secretKeys', 'adminToken', 'cookie']

function createLogger(name: string): Logger {
  const logger = pino(
    {
      name,
      level: settings.level,
      redact: {
        paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`, `*.*.*.${key}`]),
        censor: '[redacted]',
      },
      serializers: { err: serializeError },
    },
    sink,
  )
  loggers.push(logger)
  return logger
}

/** Hides secrets inside text: credentials of a header or of an address. */
export function scrubSecrets(text: string): string {
  const withoutTokens = text.replace(/\b(Token|Bearer|Basic) +[A-Za-z0-9._~+/=-]{8,}/g, '$1 [redacted]')
  return hideCredentials(withoutTokens, '[redacted]')
}

interface SerializedError {
  type: string
  message: string
  stack?: string
  code?: unknown
  cause?: SerializedError
}

/** It keeps only what says what happened: errors of HTTP clients carry whole requests, with their headers. */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!isNativeError(error)) return { type: typeof error, message: String(error) }
  return {
    type: error.name,
    message: error.message,
    ...(error.stack !== undefined && { stack: error.stack }),
    ...('code' in error && { code: error.code }),
    ...(error.cause !== undefined && depth < 5 && { cause: serializeError(error.cause, depth + 1) }),
  }
}

export const httpLogger = createLogger('http')
export const databaseLogger = createLogger('database')
export const queueLogger = createLogger('queue')
export const engineLogger = createLogger('engine')
export const serverLogger = createLogger('server')
