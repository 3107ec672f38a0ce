// Makes a fresh server ready for Airflow, and does nothing to one that is: applies a stratus.yml, hands over the
// certificate authorities in one folder and, if asked for, a connection with a token of its own in another.
// Where the server is and who asks comes from STRATUS_URL, STRATUS_TOKEN and STRATUS_CA_FILE.
import { spawn } from 'node:child_process'
import { chmod, copyFile, readFile, rename, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import path from 'node:path'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    document: { type: 'string' },
    'ca-bundle': { type: 'string' },
    'trust-folder': { type: 'string' },
    'connection-folder': { type: 'string' },
    stratus: { type: 'string', default: 'stratus' },
  },
})
const server = new URL(process.env.STRATUS_URL)
const connectionFile = path.join(values['connection-folder'] ?? '', 'connections.json')

await replace(path.join(values['trust-folder'], 'ca-bundle.pem'), 0o644, (file) => copyFile(values['ca-bundle'], file))
await stratus(['apply', '--file', values.document])
if (values['connection-folder'] !== undefined) await handOverConnection()

async function handOverConnection() {
  if (await isGood(await readConnection())) {
    console.log('Airflow has its connection already.')
    return
  }
  const token = (await stratus(['token', 'create', '--name', 'Airflow', '--permission', 'job_admin'])).trim()
  const accountId = await findAccount(token)
  // The group is for Airflow, whose user is another one.
  await replace(connectionFile, 0o640, (file) => writeFile(file, connectionsFor(accountId, token), { mode: 0o600 }))
  console.log(`Made a token for Airflow, and the connection dbt_cloud_default to ${server.host}.`)
}

/** The file that "airflow connections import" reads. */
function connectionsFor(accountId, token) {
  const connection = { conn_type: 'dbt_cloud', host: server.host, login: String(accountId), password: token }
  return `${JSON.stringify({ dbt_cloud_default: connection }, null, 2)}\n`
}

async function readConnection() {
  try {
    return JSON.parse(await readFile(connectionFile, 'utf8')).dbt_cloud_default
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether a connection from an earlier start still fits: same server, and its token was not revoked. */
async function isGood(connection) {
  if (connection?.host !== server.host) return false
  return (await findAccount(connection.password)) === Number(connection.login)
}

/** The account of a token; undefined when the server does not take it. */
async function findAccount(token) {
  const ca = await readFile(process.env.STRATUS_CA_FILE)
  const { status, body } = await new Promise((resolve, reject) => {
    const request = get(
      new URL('/api/v2/accounts/', server),
      { ca, headers: { Authorization: `Token ${token}`, Accept: 'application/json' }, timeout: 30_000 },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode, body: text }))
      },
    )
    request.on('timeout', () => request.destroy(new Error(`${server.host} did not answer within 30 s`)))
    request.on('error', reject)
  })
  if (status === 401) return undefined
  if (status !== 200) throw new Error(`${server.host} answered ${status}: ${body.slice(0, 300)}`)
  return JSON.parse(body).data[0].id
}

/** Readers see the old file or the new one, never half of it. */
async function replace(file, mode, write) {
  const next = `${file}.new`
  await write(next)
  await chmod(next, mode)
  await rename(next, file)
}

/** Runs a command of ours and gives what it printed; its notes and errors pass through. */
function stratus(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(values.stratus, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (args[0] === 'apply') process.stdout.write(output)
      if (code === 0) resolve(output)
      else reject(new Error(`stratus ${args.join(' ')} ended with exit code ${code}`))
    })
  })
}
