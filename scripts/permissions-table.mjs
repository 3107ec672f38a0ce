// Writes docs/permissions.md from src/domain/permissions.ts and the list of the API's operations.
// With --check it changes nothing and fails when the file is stale.
import { writeGenerated } from './lib/generated-file.mjs'
import { importTypescript } from './lib/import-typescript.mjs'

const { permissionMeanings, permissionSets, permissions, isAllowed } =
  await importTypescript('src/domain/permissions.ts')
const { operations } = await importTypescript('src/api/operations.ts')

const holds = (set, permission) => isAllowed([{ permission_set: set, project_ids: null }], permission)
const row = (cells) => `| ${cells.join(' | ')} |`
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')
const pathOf = ({ method, path }) => `\`${method.toUpperCase()} ${path.replace(/[:*](\w+)/g, '{$1}')}\``
const inOrder = [...permissions, null]

const content = `# Who may do what

Made by \`scripts/permissions-table.mjs\` from the code that decides it (\`src/domain/permissions.ts\` and the operations of
\`src/api\`); \`npm run check\` fails when it is stale.

A service token has permission sets, dbt Cloud's own, each for all projects or for named ones. A permission set holds
permissions, and each operation needs one, in the project that its path leads to. What is outside a token's account or
projects does not exist for it (404); what is inside needs the permission (403). Operations that concern the whole
account (tokens, the audit log, \`apply\`) need a permission that is held for all projects.

A new token works at once. One that was revoked or changed stops, or changes, within 2 seconds on every server.

## Permissions

${table(
  ['permission', 'allows to'],
  permissions.map((permission) => [`\`${permission}\``, permissionMeanings[permission]]),
)}

## Permission sets

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
        operation.operationId,
        pathOf(operation),
      ]),
  ),
)}
`

writeGenerated('docs/permissions.md', content, 'scripts/permissions-table.mjs')
