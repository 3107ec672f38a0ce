/** These come from outside: from Ctrl-C, a supervisor, or a terminal that was closed. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** One Ctrl-C may arrive twice: from the terminal, and passed on by npm. */
const sameKeyMs = 500

export interface UntilSignal extends Disposable {
  /** It is aborted by the first signal; its reason is the signal's name. */
  readonly signal: AbortSignal
  /** The second signal aborts it. */
  readonly again: AbortSignal
}

/** Turns signals into AbortSignals until disposed; the third one does what it does without us. */
export function untilSignal(): UntilSignal {
  const first = new AbortController()
  const second = new AbortController()
  let lastAt = Number.NEGATIVE_INFINITY
  const onSignal = (name: NodeJS.Signals) => {
    const now = performance.now()
    if (now - lastAt <= sameKeyMs) return
    lastAt = now
    if (!first.signal.aborted) first.abort(name)
    else if (!second.signal.aborted) second.abort(name)
    else {
      stopListening()
      process.kill(process.pid, name)
    }
  }
  const stopListening = () => {
    for (const name of stopSignals) process.removeListener(name, onSignal)
  }
  for (const name of stopSignals) process.on(name, onSignal)
  return { signal: first.signal, again: second.signal, [Symbol.dispose]: stopListening }
}

/** Resolves when `signal` is aborted, and keeps the process alive until then. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const keepAlive = setInterval(() => {}, 0x7fffffff)
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(keepAlive)
        resolve()
      },
      { once: true },
    )
  })
}
