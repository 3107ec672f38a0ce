/*
 * Reads what dbt wrote about the nodes of an invocation, on a thread of its own: a large project's manifest has 50 MB.
 *
 * Takes messages: {file, invocationId}, then its {bytes} in pieces; each is answered with {more}. The files are results
 * (run_results.json or sources.json) first, then the manifest. After them it answers {nodes} in pieces, each for a {next},
 * and {done} at last. What is cut short counts as far as it goes.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { Tokenizer, TokenParser, TokenType } from '@streamparser/json'
import { codeExcerpt, lineInSource } from '../../steps/nodes/code-excerpt.mjs'
import { runGraph } from '../../steps/nodes/run-graph.mjs'
import { instantOf } from './instant.mjs'

const { mostNodes, mostMessage, mostText, mostUniqueId, mostFailures, mostExposures, mostCodeLine } = workerData
const pieceLength = 500

/*
 * An array of very many parts, or a number of very many digits, ends the whole process where there is no room for it, and not
 * this thread. So what is read as one thing has a limit: of bytes, and of levels, each of which costs time at each value below it.
 */
const mostBytesOfValue = 16 * 1024 * 1024
const mostDepth = 100
const steps = new Map([
  [TokenType.LEFT_BRACE, 1],
  [TokenType.LEFT_BRACKET, 1],
  [TokenType.RIGHT_BRACE, -1],
  [TokenType.RIGHT_BRACKET, -1],
])

/** So many characters are kept of all nodes together; the largest projects need a fourth of it. */
let mostKept = 64 * 1024 * 1024

/** The results are kept by unique id. */
const results = new Map()
const descriptions = new Map()
const owners = new Map()
/** It has every node of the manifest, since one that an invocation passes over may stand between two that it worked on. */
const graph = new Map()
/** They are kept by unique id. */
const failures = new Map()
const failed = new Set(['error', 'fail', 'runtime error', 'partial success'])

let take = () => {}

parentPort.on('message', (message) => {
  if (message.file !== undefined) take = readerOf(message)
  else if (message.next) sendNext()
  else take(message)
  if (!message.next) parentPort.postMessage({ more: true })
})

function readerOf({ file, invocationId }) {
  return file === 'results' ? resultsReader(invocationId) : manifestReader()
}

/** Passes over the rest of a file that turns out to be another invocation's, no JSON, or none that dbt would write. */
function reader(paths, onValue) {
  let [reads, depth, bytesOfValue] = [true, 0, 0]
  const stop = () => {
    reads = false
  }
  const tokens = new Tokenizer()
  const values = new TokenParser({ paths, keepStack: false })
  tokens.onToken = (token) => {
    depth += steps.get(token.token) ?? 0
    if (depth > mostDepth) stop()
    if (reads) values.write(token)
  }
  values.onValue = ({ value, key, stack }) => {
    bytesOfValue = 0
    if (reads && onValue(value, key, stack) === false) stop()
  }
  tokens.onError = stop
  values.onError = stop
  return ({ bytes }) => {
    bytesOfValue += bytes.length
    if (bytesOfValue > mostBytesOfValue) stop()
    if (!reads) return
    try {
      tokens.write(bytes)
    } catch {
      stop()
    }
  }
}

function resultsReader(invocationId) {
  return reader(['$.metadata', '$.results.*'], (value, key) => {
    if (key === 'metadata') return invocationId === undefined || value?.invocation_id === invocationId
    const result = resultOf(value)
    if (result === undefined || results.size >= mostNodes) return true
    results.set(result.uniqueId, result)
    if (failed.has(result.status) && failures.size < mostFailures) {
      failures.set(result.uniqueId, {
        excerpt: codeExcerpt('compiled', value.compiled_code, result.message ?? '', mostCodeLine),
      })
    }
    return true
  })
}

const kinds = new Set(['nodes', 'sources', 'exposures', 'unit_tests', 'saved_queries', 'functions'])

/** Groups come after the nodes that name them. All that a manifest holds is taken up, so that none of it piles up. */
function manifestReader() {
  return reader(['$.*.*'], (value, key, stack) => {
    const kind = stack.at(-1)?.key
    if (kind === 'groups' && owners.size < mostNodes) owners.set(textIn(value, 'name'), ownerIn(value))
    else if (kinds.has(kind)) takeNode(key, value)
  })
}

function takeNode(id, value) {
  if (results.has(id)) descriptions.set(id, descriptionOf(value))
  const failure = failures.get(id)
  if (failure !== undefined) {
    const message = results.get(id).message ?? ''
    failure.excerpt ??= codeExcerpt('source', value.raw_code, message, mostCodeLine)
    failure.line = lineInSource(value.raw_code, failure.excerpt)
    failure.compiledPath = /(?:^|\/)(compiled\/.*)$/.exec(textIn(value, 'compiled_path') ?? '')?.[1]
  }
  if (graph.size >= 2 * mostNodes || id.length > mostUniqueId) return
  const dependsOn = Array.isArray(value?.depends_on?.nodes) ? textsIn(value.depends_on.nodes) : []
  const type = textIn(value, 'resource_type')
  const isExposure = type === 'exposure'
  graph.set(id, {
    dependsOn,
    isTest: type === 'test' || type === 'unit_test',
    isExposure,
    name: isExposure ? textIn(value, 'name') : undefined,
  })
}

function resultOf(value) {
  const uniqueId = textIn(value, 'unique_id', mostUniqueId + 1)
  const status = textIn(value, 'status')
  if (!uniqueId || uniqueId.length > mostUniqueId || !status) return undefined
  const timing = Array.isArray(value.timing) ? value.timing : []
  const [compile, execute] = ['compile', 'execute'].map((name) => timing.find((each) => each?.name === name))
  const answer = value.adapter_response
  return {
    uniqueId,
    status: status.toLowerCase(),
    startedAt: instantIn(compile, 'started_at') ?? instantIn(execute, 'started_at'),
    finishedAt: instantIn(execute, 'completed_at') ?? instantIn(compile, 'completed_at'),
    compileSeconds: secondsOf(compile),
    seconds: numberIn(value, 'execution_time'),
    executeSeconds: secondsOf(execute),
    thread: textIn(value, 'thread_id'),
    rowsAffected: wholeIn(answer, 'rows_affected'),
    bytesProcessed: wholeIn(answer, 'bytes_processed'),
    failures: wholeIn(value, 'failures'),
    message: textIn(value, 'message', mostMessage) || textIn(value, 'error', mostMessage),
  }
}

function descriptionOf(value) {
  const config = value?.config
  const tags = Array.isArray(value?.tags) ? value.tags : config?.tags
  return {
    name: textIn(value, 'name') ?? '',
    resourceType: textIn(value, 'resource_type') ?? '',
    packageName: textIn(value, 'package_name'),
    path: textIn(value, 'original_file_path'),
    group: textIn(value, 'group') ?? textIn(config, 'group'),
    owner: ownerIn(value),
    tags: Array.isArray(tags) ? textsIn(tags).slice(0, 100) : undefined,
  }
}

/** Groups and exposures have owners, each with a name, an address, or several. */
function ownerIn(value) {
  const owner = value?.owner
  const address = Array.isArray(owner?.email) ? owner.email[0] : owner?.email
  return textsIn([owner?.name, address]).find((each) => each !== '')
}

let remaining
let relations

function sendNext() {
  remaining ??= [...results.values()]
  relations ??= runGraph(new Map([...graph].map(([id, node]) => [id, { ...node, ...timesOf(results.get(id)) }])))
  const nodes = remaining.splice(0, pieceLength).map((result) => {
    const { uniqueId } = result
    const description = descriptions.get(uniqueId)
    if (description === undefined) return result
    const failure = failures.get(uniqueId)
    return {
      ...result,
      ...relations.placeOf(uniqueId),
      ...(failure !== undefined && { failure: { ...failure, ...relations.affectedBy(uniqueId, mostExposures) } }),
      description: { ...description, owner: description.owner ?? owners.get(description.group) },
    }
  })
  parentPort.postMessage(nodes.length === 0 ? { done: true } : { nodes })
}

function timesOf({ status, seconds, finishedAt } = {}) {
  return { status, seconds, finishedAt }
}

function instantIn(value, key) {
  return instantOf(textIn(value, key))
}

function secondsOf(timing) {
  const [from, to] = [instantIn(timing, 'started_at'), instantIn(timing, 'completed_at')].map((text) =>
    Date.parse(text),
  )
  return Number.isFinite(to - from) ? Math.max(0, (to - from) / 1000) : undefined
}

function textIn(value, key, most = mostText) {
  return typeof value?.[key] === 'string' ? headOf(value[key], most) : undefined
}

function textsIn(values) {
  return values.filter((each) => typeof each === 'string').map((text) => headOf(text, mostText))
}

/** A copy, since a slice would keep the whole text. */
function headOf(text, most) {
  const length = Math.min(text.length, most)
  mostKept -= length
  if (mostKept < 0) return ''
  return length === text.length ? text : Buffer.from(text.slice(0, length)).toString()
}

function numberIn(value, key) {
  return Number.isFinite(value?.[key]) ? value[key] : undefined
}

/** Adapters write numbers of any kind, and some of them as texts. */
function wholeIn(value, key) {
  const number = Number(value?.[key] ?? Number.NaN)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
