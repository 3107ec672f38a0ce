/*
 * Reads what dbt wrote about the nodes of an invocation, on a thread of its own: a large project's manifest has 50 MB.
 *
 * Takes messages: {file, invocationId}, then its bytes in pieces, then {end: true}; each piece is answered with {more}.
 * Files: results (run_results.json or sources.json) first, then the manifest. After the manifest's end it answers
 * {nodes} in pieces, each for an {next}, and {done} at last. What is cut short counts as far as it goes.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { JSONParser } from '@streamparser/json'

const { mostNodes, mostMessage, mostUniqueId } = workerData
const pieceLength = 500

/** Results by unique id. */
const results = new Map()
const descriptions = new Map()
const owners = new Map()

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

/** Passes over the rest of a file that turns out to be another invocation's, or no JSON. */
function reader(paths, onValue) {
  let reads = true
  const parser = new JSONParser({ paths, keepStack: false })
  parser.onValue = ({ value, key, stack }) => {
    if (reads && onValue(value, key, stack) === false) reads = false
  }
  parser.onError = () => {
    reads = false
  }
  return ({ bytes }) => {
    if (!reads || bytes === undefined) return
    try {
      parser.write(bytes)
    } catch {
      reads = false
    }
  }
}

function resultsReader(invocationId) {
  return reader(['$.metadata', '$.results.*'], (value, key) => {
    if (key === 'metadata') return invocationId === undefined || value?.invocation_id === invocationId
    const result = resultOf(value)
    if (result !== undefined && results.size < mostNodes) results.set(result.uniqueId, result)
    return true
  })
}

const kinds = ['nodes', 'sources', 'exposures', 'unit_tests', 'saved_queries', 'functions']

/** Groups come after the nodes that name them. */
function manifestReader() {
  return reader([...kinds.map((kind) => `$.${kind}.*`), '$.groups.*'], (value, key, stack) => {
    if (stack.at(-1)?.key === 'groups') owners.set(textIn(value, 'name'), ownerIn(value))
    else if (results.has(key)) descriptions.set(key, descriptionOf(value))
  })
}

function resultOf(value) {
  const uniqueId = textIn(value, 'unique_id')
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
    message: (textIn(value, 'message') || textIn(value, 'error'))?.slice(0, mostMessage),
  }
}

function descriptionOf(value) {
  const config = value?.config
  const tags = Array.isArray(value?.tags) ? value.tags : config?.tags
  return {
    name: textIn(value, 'name') ?? '',
    resourceType: textIn(value, 'resource_type') ?? '',
    packageName: textIn(value, 'package_name'),
    path: textIn(value, 'original_file_path')?.slice(0, mostUniqueId),
    group: textIn(value, 'group') ?? textIn(config, 'group'),
    owner: ownerIn(value),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string').slice(0, 100) : undefined,
  }
}

/** Groups and exposures have owners, each with a name, an address, or several. */
function ownerIn(value) {
  const owner = value?.owner
  const address = Array.isArray(owner?.email) ? owner.email[0] : owner?.email
  return [owner?.name, address].find((each) => typeof each === 'string' && each !== '')?.slice(0, mostUniqueId)
}

let remaining

function sendNext() {
  remaining ??= [...results.values()]
  const nodes = remaining.splice(0, pieceLength).map((result) => {
    const description = descriptions.get(result.uniqueId)
    if (description === undefined) return result
    return { ...result, description: { ...description, owner: description.owner ?? owners.get(description.group) } }
  })
  parentPort.postMessage(nodes.length === 0 ? { done: true } : { nodes })
}

/** To the millisecond; a year of more digits is none that a database keeps. */
function instantIn(value, key) {
  const text = textIn(value, key) ?? ''
  const instant = new Date(/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?$/.test(text) ? text : Number.NaN)
  return Number.isNaN(instant.getTime()) ? undefined : instant.toISOString()
}

function secondsOf(timing) {
  const [from, to] = [instantIn(timing, 'started_at'), instantIn(timing, 'completed_at')].map((text) =>
    Date.parse(text),
  )
  return Number.isFinite(to - from) ? Math.max(0, (to - from) / 1000) : undefined
}

function textIn(value, key) {
  return typeof value?.[key] === 'string' ? value[key] : undefined
}

function numberIn(value, key) {
  return Number.isFinite(value?.[key]) ? value[key] : undefined
}

/** Adapters write numbers of any kind, and some of them as texts. */
function wholeIn(value, key) {
  const number = Number(value?.[key] ?? Number.NaN)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
