import type { Request } from 'express'
import * as z from 'zod'
import type { AskedBy } from '../../audit/audit-entries.ts'
import { type ChangeOutcome, recordChange } from '../../audit/record-change.ts'
import type { Actor } from '../../domain/actor.ts'
import type { Permission } from '../../domain/permissions.ts'
import type { ApiContext } from '../api-context.ts'
import { parseIfValid, parseInput, parseParams } from '../inputs/parse-input.ts'
import type { Access, Caller } from './access.ts'
import type { Reply } from './replies/reply.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** An operation names this for a part of the request that it does not look at. */
export const none = z.unknown()

/** dbt Cloud has two versions of its API side by side: most of what both have is the same, and some is shown otherwise. */
export type Version = 'v2' | 'v3'

/** An operation has the name and the path that a file of `openapi/` gives it. */
export interface Route {
  readonly operationId: string
  /** The path begins at the root, in Express's words: `/api/v2/accounts/:account_id/jobs/:job_id/run/`. */
  readonly path: string
}

interface OperationDefinition<Params, Query, Body> {
  readonly operationId: string
  readonly method: Method
  /** There are one or several paths. The second one in a file of `openapi/` has a name of its own there. */
  readonly path: string | readonly (string | Route)[]
  /** A token needs this permission in the project that the path leads to; null lets any valid token in. */
  readonly permission: Permission | null
  /** The permission that some fields of its body, or of the run that it repeats, need besides; the handler asks for it. */
  readonly fieldPermission?: Permission
  /** Set where the use case writes the audit log itself. Any other request but a GET is recorded here. */
  readonly audited?: 'by-use-case'
  /** It is false for a body that only asks what a change would do. */
  isChange?(body: Body): boolean
  /** Set where the usual limit of a body is too low. */
  readonly maxBodyBytes?: number
  readonly params: z.ZodType<Params>
  readonly query: z.ZodType<Query>
  readonly body: z.ZodType<Body>
  handler(ctx: ApiContext, input: OperationInput<Params, Query, Body>): Promise<Reply>
}

interface OperationInput<Params, Query, Body> {
  readonly version: Version
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly token: Caller
  /** The token may reach this much with this operation's permission. */
  readonly access: Access
  /** The token, as the audit log has it. */
  readonly actor: Actor
  /** This operation, as the audit log has it. */
  readonly asked: AskedBy
  readonly request: Request
}

/** An operation with its types closed over, so that all of them make one list. */
export interface Operation {
  readonly routes: readonly Route[]
  readonly method: Method
  readonly permission: Permission | null
  readonly fieldPermission?: Permission | undefined
  readonly maxBodyBytes?: number | undefined
  respond(ctx: ApiContext, call: Call): Promise<Reply>
}

/** An operation is mounted at each of its paths. */
export type OperationAtPath = Operation & Route

export function atEachPath(operations: readonly Operation[]): OperationAtPath[] {
  return operations.flatMap((operation) => operation.routes.map((route) => ({ ...operation, ...route })))
}

/** The request was authorized. */
interface Call {
  readonly route: Route
  readonly request: Request
  readonly body: unknown
  readonly access: Access
}

/**
 * Makes one operation of the API, as data. Requests are read leniently (see `inputs/`), and everything wrong with
 * one part of a request is reported together.
 */
export function operation<Params, Query, Body>(definition: OperationDefinition<Params, Query, Body>): Operation {
  const { operationId, method, path: paths, permission, fieldPermission, maxBodyBytes, handler } = definition
  return {
    routes: [paths].flat().map((path) => (typeof path === 'string' ? { operationId, path } : path)),
    method,
    permission,
    fieldPermission,
    maxBodyBytes,
    async respond(ctx, { route, request, body, access }) {
      const input = {
        version: versionOf(route),
        params: parseParams(definition.params, request.params),
        query: parseInput(definition.query, request.query),
        body: method === 'get' ? parseIfValid(definition.body, body) : parseInput(definition.body, body ?? {}),
        token: access.caller,
        access,
        // Made when it is asked for: most requests change nothing, and who sent one is a question of all its proxies.
        get actor() {
          return actorOf(access.caller, request)
        },
        asked: { operation: route.operationId, method: method.toUpperCase() },
        request,
      }
      const changes = method !== 'get' && definition.isChange?.(input.body) !== false
      if (!changes || definition.audited !== undefined) return handler(ctx, input)
      return recordChange(ctx.db, auditEntry(input), () => handler(ctx, input), outcomeOf)
    },
  }
}

function versionOf({ path }: Route): Version {
  return path.startsWith('/api/v3/') ? 'v3' : 'v2'
}

function actorOf(caller: Caller, request: Request): Actor {
  const by = { type: 'service_token', id: caller.id, name: caller.name } as const
  return request.ip === undefined ? by : { ...by, ip: request.ip }
}

/** An entry has the ids of the path and only the names of the fields that were sent: their values may be secrets. */
function auditEntry({ access, actor, asked, request, body }: OperationInput<unknown, unknown, unknown>) {
  const path = Object.entries(request.params).filter(([name]) => name !== 'account_id')
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const sent = fields.flatMap(([name, value]) => (value === undefined ? [] : [name])).slice(0, mostFieldsNamed)
  return {
    accountId: access.accountId,
    actor,
    ...asked,
    projectId: positive(request.params.project_id),
    targetId: positive(path.at(-1)?.[1]),
    context: { ...Object.fromEntries(path), fields: sent },
  }
}

const mostFieldsNamed = 50

const changedThing = z.object({ id: z.int().positive(), project_id: z.int().positive().nullish() })

function outcomeOf(reply: Reply): ChangeOutcome {
  const status = reply.kind === 'data' ? reply.code : 200
  const changed = changedThing.safeParse(reply.kind === 'data' ? reply.data : undefined)
  return { status, targetId: changed.data?.id ?? null, projectId: changed.data?.project_id ?? null }
}

function positive(text: string | readonly string[] | undefined): number | null {
  const number = Number(text)
  return Number.isSafeInteger(number) && number > 0 ? number : null
}
