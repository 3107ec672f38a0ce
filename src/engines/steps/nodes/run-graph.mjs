/** JavaScript, since the thread that reads dbt's results needs it as it is. */
export function runGraph(nodes) {
  const places = placesIn(nodes)
  const critical = longestChain(nodes, places)
  let children
  return {
    placeOf: (id) => ({ readyAt: places.get(id)?.readyAt, isCritical: critical.has(id) }),
    affectedBy(id, mostExposures) {
      children ??= childrenIn(nodes)
      return affected(nodes, children, id, mostExposures)
    },
  }
}

/** Puts each node after those that it depends on; a circle, which dbt never has, is cut where it is met. */
function placesIn(nodes) {
  const places = new Map()
  const begun = new Set()
  for (const start of nodes.keys()) {
    const waiting = [start]
    while (waiting.length > 0) {
      const id = waiting.at(-1)
      if (!begun.has(id)) {
        begun.add(id)
        for (const parent of nodes.get(id).dependsOn) if (nodes.has(parent) && !begun.has(parent)) waiting.push(parent)
      } else {
        waiting.pop()
        if (!places.has(id)) places.set(id, placeOf(nodes.get(id), places))
      }
    }
  }
  return places
}

/** A node that the invocation did not work on, such as an ephemeral model, is done when what it depends on is. */
function placeOf({ dependsOn, seconds = 0, finishedAt }, places) {
  let [readyAt, before, length] = [undefined, undefined, 0]
  for (const parent of dependsOn) {
    const place = places.get(parent)
    if (place?.doneAt !== undefined && (readyAt === undefined || place.doneAt > readyAt)) readyAt = place.doneAt
    if (place !== undefined && place.length > length) [before, length] = [parent, place.length]
  }
  return { readyAt, before, length: length + seconds, doneAt: finishedAt ?? readyAt }
}

function longestChain(nodes, places) {
  let [last, length] = [undefined, 0]
  for (const [id, place] of places) if (place.length > length) [last, length] = [id, place.length]
  const chain = new Set()
  for (let id = last; id !== undefined && !chain.has(id); id = places.get(id).before) chain.add(id)
  return new Set([...chain].filter((id) => nodes.get(id).seconds > 0))
}

function childrenIn(nodes) {
  const children = new Map()
  for (const [id, { dependsOn }] of nodes) {
    for (const parent of dependsOn) {
      const siblings = children.get(parent)
      if (siblings === undefined) children.set(parent, [id])
      else siblings.push(id)
    }
  }
  return children
}

/** dbt skips what depends on a model whose test failed, and not only what depends on one that failed itself. */
function affected(nodes, children, id, mostExposures) {
  const failed = nodes.get(id)
  const waiting = failed?.isTest ? [...failed.dependsOn] : [id]
  const seen = new Set([id, ...waiting])
  const found = { skipped: 0, exposures: [], exposureCount: 0 }
  while (waiting.length > 0) {
    for (const child of children.get(waiting.pop()) ?? []) {
      if (seen.has(child)) continue
      seen.add(child)
      const { isExposure, status, name } = nodes.get(child)
      if (isExposure) {
        found.exposureCount++
        if (found.exposures.length < mostExposures) found.exposures.push(name ?? child)
      } else if (status === 'skipped') found.skipped++
      waiting.push(child)
    }
  }
  return found
}
