import { once } from 'node:events'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import type { ByteRange } from '../../../artifacts/artifact-store.ts'
import { NotFoundError } from '../../../domain/errors.ts'
import { httpLogger } from '../../../logger.ts'
import { errorEnvelope } from './envelope.ts'
import type { FileReply } from './reply.ts'
import { apiHeaders, sendJson } from './send-json.ts'

/** dbt's SQL has no registered type that clients would show as text. */
const textExtensions = new Set(['.sql', '.log', '.txt', '.yml', '.yaml', '.md', '.csv'])

/** Sends a file or the part that `Range` asks for, unless the client has it already (RFC 9110 §§13, 14). */
export async function sendFile(request: Request, response: Response, file: FileReply): Promise<void> {
  const extension = path.posix.extname(file.path).toLowerCase()
  response.type(textExtensions.has(extension) ? 'text/plain' : extension || 'application/octet-stream')
  // A project's files must not act as pages of this server.
  response.set({ ...apiHeaders, 'Content-Security-Policy': 'sandbox', 'Accept-Ranges': 'bytes', ...file.headers })
  if (file.etag !== undefined) response.set('ETag', file.etag)
  if (request.fresh) return void response.status(304).end()
  const range = rangeOf(request, file)
  if (range === 'not there') return refuseRange(response, file)
  const { start, end } = range ?? { start: 0, end: file.sizeBytes }
  response.set('Content-Length', String(end - start))
  if (range !== undefined) response.status(206).set('Content-Range', `bytes ${start}-${end - 1}/${file.sizeBytes}`)
  if (request.method === 'HEAD') return void response.end()
  const content = await file.open(range)
  if (content === undefined) throw new NotFoundError(`${file.path} is no longer there.`)
  // Something that cannot be read at all is still an error like any other.
  await once(content, 'readable')
  try {
    await pipeline(content, response)
  } catch (err) {
    // The headers are out: a broken connection is all that can tell the client, and often it was its own doing.
    httpLogger.debug({ err, path: file.path }, 'file not sent whole')
    response.destroy()
  }
}

/** Undefined for the whole: also where several parts are asked for, or one of another version of the file. */
function rangeOf(request: Request, { sizeBytes, etag }: FileReply): Required<ByteRange> | 'not there' | undefined {
  const condition = request.get('If-Range')
  if (condition !== undefined && condition !== etag) return undefined
  const ranges = request.range(sizeBytes)
  if (ranges === -1) return 'not there'
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return undefined
  const [range] = ranges
  return range && { start: range.start, end: range.end + 1 }
}

function refuseRange(response: Response, { sizeBytes, path: name }: FileReply): void {
  response.set('Content-Range', `bytes */${sizeBytes}`)
  const userMessage = `Range: ${name} has ${sizeBytes} bytes, and none where the range begins.`
  sendJson(response, 416, errorEnvelope({ code: 416, userMessage, developerMessage: '' }))
}
