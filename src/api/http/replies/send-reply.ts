import type { Request, Response } from 'express'
import { listEnvelope, successEnvelope } from './envelope.ts'
import type { Reply } from './reply.ts'
import { sendFile } from './send-file.ts'
import { sendJson } from './send-json.ts'

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
