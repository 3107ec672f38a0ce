import { type Request, type Response, raw } from 'express'
import { AppError, InvalidRequestError, TooLargeError } from '../../domain/errors.ts'
import { assertShallow } from './limits/assert-shallow.ts'
import { dropRest } from './limits/drop-rest.ts'

const usualMaxBytes = 1024 * 1024

/**
 * The body as a value: JSON unless it says that it is a form; absent, blank and `null` are all null.
 * It is read only here, after the token was checked.
 */
export async function readBody(
  request: Request,
  response: Response,
  maxBytes: number = usualMaxBytes,
): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (encoding === undefined && (length === undefined || length === '0')) return null
  // `raw` answers only after it has read all of it, which may never end.
  if (Number(length) > maxBytes) {
    await dropRest(request)
    throw tooLarge(maxBytes)
  }
  const collect = raw({ limit: maxBytes, type: () => true })
  await new Promise<void>((resolve, reject) => {
    let received = 0
    const count = (chunk: Buffer) => {
      received += chunk.length
      if (received <= maxBytes) return
      request.off('data', count)
      void dropRest(request).then(() => reject(tooLarge(maxBytes)))
    }
    request.on('data', count)
    collect(request, response, (error?: unknown) =>
      error === undefined ? resolve() : reject(asInputError(error, maxBytes)),
    )
  })
  const bytes: unknown = request.body
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return null
  if (request.is('multipart/form-data')) return readMultipart(bytes, request.headers['content-type'] ?? '')
  const text = decode(bytes).trim()
  // `curl -d '{…}'` calls its JSON a form.
  if (request.is('application/x-www-form-urlencoded') && !/^[{["]/.test(text)) {
    return formFields(new URLSearchParams(text))
  }
  return text === '' ? null : parseJson(text)
}

/**
 * The body of a GET, which has no meaning in HTTP: what cannot be read is as if it were not there. Dagster sends the
 * step of an artifact in one.
 */
export async function readBodyOfGet(request: Request, response: Response): Promise<unknown> {
  try {
    return await readBody(request, response)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

/** The mark that some editors put before UTF-8 is left out. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const sentence = 'Expected text in UTF-8.'
    throw new InvalidRequestError('The request body is not valid UTF-8.', { cause, fields: { body: sentence } })
  }
}

function parseJson(text: string): unknown {
  assertShallow(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidRequestError('The request body is not valid JSON.', {
      cause,
      fields: { body: `Expected JSON. ${reason}.` },
    })
  }
}

async function readMultipart(bytes: Buffer, contentType: string): Promise<unknown> {
  try {
    const form = await new globalThis.Response(bytes, { headers: { 'content-type': contentType } }).formData()
    return formFields([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  } catch (cause) {
    throw new InvalidRequestError('The request body is not a valid form.', {
      cause,
      fields: { body: 'Expected multipart/form-data with its boundary.' },
    })
  }
}

/** Fields of forms that are lists, however often they are given. */
const listFields = new Set(['steps_override', 'execute_steps'])

function formFields(entries: Iterable<[string, string]>): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of entries) {
    const before = fields.get(name)
    // A list grows in its place: a copy for each value would take minutes for as many as a body has room for.
    if (Array.isArray(before)) before.push(value)
    else fields.set(name, listFields.has(name) ? [value] : value)
  }
  return Object.fromEntries(fields)
}

function tooLarge(maxBytes: number, cause?: unknown): TooLargeError {
  return new TooLargeError(`The request body is larger than ${maxBytes} bytes.`, { cause })
}

/** `raw` fails with HTTP errors of its own; what the client did not cause stays what it is. */
function asInputError(error: unknown, maxBytes: number): unknown {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return error
  if (error.status === 413) {
    return tooLarge(maxBytes, error)
  }
  if (error.status >= 500) return error
  return new InvalidRequestError('The request body could not be read.', {
    cause: error,
    fields: { body: `Expected a whole body, as its headers describe it: ${error.message}.` },
  })
}
