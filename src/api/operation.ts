import type { Request } from 'express'
import { z } from 'zod'
import type { Permission } from '../domain/permissions.ts'
import type { Access, Caller } from './access.ts'
import type { ApiContext } from './api-context.ts'
import { parseInput, parseParams } from './inputs/parse-input.ts'
import type { Reply } from './reply.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** For the parts of a request that an operation does not look at. */
export const none = z.unknown()

interface OperationDefinition<Params, Query, Body> {
  /** As in the files of `openapi/`. */
  readonly operationId: string
  readonly method: Method
  /** From the root, in Express's words: `/api/v2/accounts/:account_id/jobs/:job_id/run/`. */
  readonly path: string
  /** What a token must be allowed to do, in the project that the path leads to; null: any valid token. */
  readonly permission: Permission | null
  readonly params: z.ZodType<Params>
  readonly query: z.ZodType<Query>
  readonly body: z.ZodType<Body>
  handler(ctx: ApiContext, input: OperationInput<Params, Query, Body>): Promise<Reply>
}

interface OperationInput<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly token: Caller
  /** What the token may reach with this operation's permission. */
  readonly access: Access
  readonly request: Request
}

/** An operation with its types closed over, so that all of them make one list. */
export interface Operation {
  readonly operationId: string
  readonly method: Method
  readonly path: string
  readonly permission: Permission | null
  respond(ctx: ApiContext, call: Call): Promise<Reply>
}

/** One request, authorized. */
interface Call {
  readonly request: Request
  readonly body: unknown
  readonly access: Access
}

/**
 * One operation of the API as data. Requests are read leniently (see `inputs/`), and everything wrong with
 * one part of a request is reported together.
 */
export function operation<Params, Query, Body>(definition: OperationDefinition<Params, Query, Body>): Operation {
  const { operationId, method, path, permission, handler } = definition
  return {
    operationId,
    method,
    path,
    permission,
    async respond(ctx, { request, body, access }) {
      return handler(ctx, {
        params: parseParams(definition.params, request.params),
        query: parseInput(definition.query, request.query),
        body: parseInput(definition.body, body ?? {}),
        token: access.caller,
        access,
        request,
      })
    },
  }
}
