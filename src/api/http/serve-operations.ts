import type { Request, RequestHandler, Response } from 'express'
import type { ApiContext } from '../api-context.ts'
import type { Caller } from './access.ts'
import { authorize } from './authorize.ts'
import { methodNotAllowed } from './error-handler.ts'
import { atEachPath, type Operation, type OperationAtPath } from './operation.ts'
import { readBody, readBodyOfGet } from './read-body.ts'
import { sendReply } from './replies/send-reply.ts'
import { RouteTree } from './route-tree.ts'

/** Checks the token of a request. */
export type Identify = (request: Request) => Promise<Caller>

type Answer = (request: Request, response: Response) => Promise<void>

/** The operations of one path by method, and what answers the other methods. */
interface Served {
  readonly answers: ReadonlyMap<string, Answer>
  readonly otherwise: Answer
}

/** Every operation is in this one step of Express, so that frequent polls pass no step that is there for others. */
export function serveOperations(ctx: ApiContext, identify: Identify, all: readonly Operation[]): RequestHandler {
  const tree = new RouteTree<Served>()
  for (const [path, operations] of byPath(all)) tree.add(path, servedAt(ctx, identify, operations))
  return (request, response, next) => {
    const found = tree.find(request.path)
    if (found === undefined) return next()
    Object.assign(request.params, found.params)
    const { answers, otherwise } = found.target
    return (answers.get(request.method) ?? otherwise)(request, response)
  }
}

export function serveOperation(ctx: ApiContext, identify: Identify, operation: OperationAtPath): Answer {
  return async (request, response) => {
    const caller = await identify(request)
    const access = await authorize(ctx, operation, request, caller)
    const isGet = operation.method === 'get'
    const body = isGet
      ? await readBodyOfGet(request, response)
      : await readBody(request, response, operation.maxBodyBytes)
    await sendReply(request, response, await operation.respond(ctx, { route: operation, request, body, access }))
  }
}

function servedAt(ctx: ApiContext, identify: Identify, operations: readonly OperationAtPath[]): Served {
  const answers = new Map<string, Answer>()
  for (const operation of operations) {
    const answer = serveOperation(ctx, identify, operation)
    answers.set(operation.method.toUpperCase(), answer)
    if (operation.method === 'get') answers.set('HEAD', answer)
  }
  const allowed = [...answers.keys(), 'OPTIONS']
  return {
    answers,
    async otherwise(request, response) {
      await identify(request)
      if (request.method === 'OPTIONS') response.set('Allow', allowed.join(', ')).status(204).end()
      else methodNotAllowed(request, response, allowed)
    },
  }
}

function byPath(all: readonly Operation[]): Map<string, OperationAtPath[]> {
  const paths = new Map<string, OperationAtPath[]>()
  for (const operation of atEachPath(all)) paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation])
  return paths
}
