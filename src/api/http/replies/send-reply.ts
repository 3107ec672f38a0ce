import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import { NotFoundError } from '../../../domain/errors.ts'
import { httpLogger } from '../../../logger.ts'
import { listEnvelope, successEnvelope } from './envelope.ts'
import type { FileReply, Reply } from './reply.ts'
import { apiHeaders, sendJson } from './send-json.ts'

/** The only place that turns an operation's answer into HTTP. */
export async function sendReply(request: Request, response: Response, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'data':
      sendJson(response, reply.code, successEnvelope(reply.code, reply.data))
      return
    case 'list':
      sendJson(response, 200, listEnvelope(reply.page))
      return
    case 'file':
      await sendFile(request, response, reply.file)
  }
}

/** dbt's SQL has no registered type that clients would show as text. */
const textExtensions = new Set(['.sql', '.log', '.txt', '.yml', '.yaml', '.md', '.csv'])

async function sendFile(request: Request, response: Response, file: FileReply): Promise<void> {
  const extension = path.posix.extname(file.path).toLowerCase()
  response.type(textExtensions.has(extension) ? 'text/plain' : extension || 'application/octet-stream')
  // A project's files must not act as pages of this server.
  response.set({ ...apiHeaders, 'Content-Length': String(file.sizeBytes), 'Content-Security-Policy': 'sandbox' })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  const content = await file.open()
  if (content === undefined) throw new NotFoundError(`${file.path} is no longer there.`)
  try {
    await pipeline(content, response)
  } catch (err) {
    // The headers are out: a broken connection is all that can tell the client, and often it was its own doing.
    httpLogger.debug({ err, path: file.path }, 'file not sent whole')
    response.destroy()
  }
}
