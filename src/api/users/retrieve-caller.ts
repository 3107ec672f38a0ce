import { none, operation } from '../http/operation.ts'
import { ok } from '../http/replies/reply.ts'
import type { components } from '../wire/v2.generated.ts'
import { emailOf } from './find-users.ts'

/** A service token stands for itself: it has no person behind it. */
export const retrieveCaller = operation({
  operationId: 'Retrieve Caller',
  method: 'get',
  path: '/api/v2/whoami/',
  permission: null,
  params: none,
  query: none,
  body: none,
  async handler(_ctx, { token }) {
    const caller: components['schemas']['Caller'] = {
      user: {
        id: token.id,
        email: emailOf(token),
        first_name: token.name,
        last_name: '',
        is_active: true,
        is_staff: false,
      },
    }
    return ok(caller)
  },
})
