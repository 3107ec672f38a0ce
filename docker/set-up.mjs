// Makes a fresh server ready for Airflow, and does nothing to one that is: applies a stratus.yml, hands over the
// certificate authorities in one folder and, if asked for, connections with a token of their own in another.
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
if (values['connection-folder'] !== undefined) await handOverConnections()

async function handOverConnections() {
  const before = await readConnections()
  const token = await tokenOf(before)
  const connections = connectionsFor(await findAccount(token), token)
  if (connections === before) {
    console.log('Airflow has its connections already.')
    return
  }
  // The group is for Airflow, whose user is another one.
  await replace(connectionFile, 0o640, (file) => writeFile(file, connections, { mode: 0o600 }))
  console.log(`Handed Airflow its connections to ${server.host}: dbt_cloud_default, and stratus_http for plain HTTP.`)
}

/** The file that "airflow connections import" reads. */
function connectionsFor(accountId, token) {
  const operators = { conn_type: 'dbt_cloud', host: server.host, login: String(accountId), password: token }
  const extra = JSON.stringify({ Authorization: `Token ${token}` })
  const plain = { conn_type: 'http', host: server.origin, extra }
  return `${JSON.stringify({ dbt_cloud_default: operators, stratus_http: plain }, null, 2)}\n`
}

async function readConnections() {
  try {
    return await readFile(connectionFile, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The token of an earlier start, if the server still takes it, else a new one. */
async function tokenOf(connections) {
  const { password } = connections === undefined ? {} : JSON.parse(connections).dbt_cloud_default
  if (password !== undefined && (await findAccount(password)) !== undefined) return password
  console.log('Made a token for Airflow.')
  return (await stratus(['token', 'create', '--name', 'Airflow', '--permission', 'job_admin'])).trim()
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
