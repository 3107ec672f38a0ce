// Run by `npm run check` (with --check, which only compares) and by whoever changed a permission or an operation; writes docs/permissions.md.

import { importTypescript } from '../lib/import-typescript.mjs'
import { writeGenerated } from './generated-file.mjs'

const { permissionMeanings, permissionSets, permissions, isAllowed } =
  await importTypescript('src/domain/permissions.ts')
const { operations: served } = await importTypescript('src/api/operations.ts')
const { atEachPath } = await importTypescript('src/api/http/operation.ts')
const operations = atEachPath(served)

const holds = (set, permission) => isAllowed([{ permission_set: set, project_ids: null }], permission)
const row = (cells) => `| ${cells.join(' | ')} |`
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
const pathOf = ({ method, path }) => `\`${method.toUpperCase()} ${path.replace(/[:*](\w+)/g, '{$1}')}\``
const inOrder = [...permissions, null]

const content = `# Who may do what

Made by \`scripts/generate/permissions.mjs\` from the code that decides it (\`src/domain/permissions.ts\` and the operations of
\`src/api\`); \`npm run check\` fails when it is stale.

A service token has permission sets, dbt Cloud's own, each for all projects or for named ones. A permission set holds
permissions, and each operation needs one, in the project that its path leads to. What is outside a token's account or
projects does not exist for it (404); what is inside needs the permission (403). Operations that concern the whole
account (tokens, the audit log, \`apply\`) need a permission that is held for all projects.

A new token works at once. One that was revoked or changed stops, or changes, within 2 seconds on every server.

## Several accounts

One server holds any number of accounts; what belongs to another one does not exist for a token (404). A further account
comes to be with its first token, beside the database, and is then filled with that token:

    STRATUS_ACCOUNT_ID=2 stratus token create --bootstrap --permission account_admin
    STRATUS_TOKEN=… stratus apply -f second.yml

## What is recorded

Whoever starts, cancels or retries a run and whoever changes something leaves an entry in the audit log
(\`GET /api/v3/accounts/{account_id}/audit-logs/\`): the token's id and name at that time, its address, the operation, and the
names of the fields that were sent, never their values. For runs the entry is written by the statement that queues the run
(and \`include_related=audit\` shows it there too). For any other change it is written before the change and completed after
it: a change that is refused leaves none, and an entry without a status tells of a server that ended in between.

## Permissions

${table(
  ['permission', 'allows to'],
  permissions.map((permission) => [`\`${permission}\``, permissionMeanings[permission]]),
)}

## Permission sets

Whoever may start runs need not be able to choose what they execute: \`job_runner\` cannot override commands, branch,
commit, schema, target or version of dbt, and \`job_runner_with_overrides\`, which dbt Cloud has not, can. Whoever chooses the
connection or the credentials of an environment needs \`connections:write\` besides \`environments:write\`.

A retry executes what the failed run executed, its overrides included. So it needs \`runs:override\`, too, when that run was
given any of these overrides, whoever triggered it; without it a token gets
\`This token lacks the permission runs:override, which steps_override of run 12 needs.\` (403), and may start the job anew.

The commit of a run (\`git_sha\`) is one that a branch or a tag of the project's repository holds, so that everybody who could open
a pull request, also from a fork, has not thereby code that runs with the secrets of an environment. Runs of CI jobs
(\`job_type: ci\`) in environments whose \`deployment_type\` is not \`production\` may have any commit: that is what they are for.

A set that has \`runs:override\` or \`jobs:write\` reads every plain variable of the environment, since a dbt command can print
them, whether or not it has \`variables:read\`.

## How much

| what | at most | beyond |
| --- | --- | --- |
| requests of an account in a minute | \`STRATUS_RATE_LIMIT\` (5,000, as in dbt Cloud; \`dev\`: no limit) | 429 with \`Retry-After\` |
| runs of a job in the queue | \`STRATUS_MAX_QUEUED_PER_JOB\` (2,000) | 429 with \`Retry-After\` |
| runs of a token in the queue | \`STRATUS_MAX_QUEUED_PER_TOKEN\` (10,000) | 429 with \`Retry-After\` |
| a body | 1 MiB; of \`apply\` 64 MiB | 413; what is sent beyond is read and dropped up to 64 MiB, then the connection is cut |
| a document | 30,000 values, \`simulation\` apart | 400, which says how many there are |
| the log of a step | 50 MiB, a line 1 MiB | cut, and the log says so |
| an artifact | \`STRATUS_MAX_ARTIFACT_MB\` (512) | not kept, and the log says so |

Schedules and jobs that follow others are under no limit of the queue: they belong to nobody's token.

Sets without a mark have their powers in parts of dbt Cloud that Stratus has not; they exist so that tokens can be made
as they were there.

${table(
  ['permission set', ...permissions.map((permission) => permission.replace(':', ':<br>'))],
  permissionSets.map((set) => [`\`${set}\``, ...permissions.map((permission) => (holds(set, permission) ? '●' : ''))]),
)}

## Operations

${table(
  ['needs', 'operation', ''],
  inOrder.flatMap((permission) =>
    operations
      .filter((operation) => operation.permission === permission)
      .map((operation) => [
        permission === null ? 'any token' : `\`${permission}\``,
        operation.fieldPermission
          ? `${operation.operationId} (some fields: \`${operation.fieldPermission}\`)`
          : operation.operationId,
        pathOf(operation),
      ]),
  ),
)}
`

writeGenerated('docs/permissions.md', content, 'scripts/generate/permissions.mjs')
