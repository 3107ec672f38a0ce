const spinner = ['|', '/', '-', '\\']

/** Writes a time like 0.42 s, 3.1 s or 2 min 5 s. */
export function formatSeconds(ms) {
  if (ms >= 90_000) {
    const seconds = Math.round(ms / 1000)
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  }
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`
}

/**
 * Shows that `title` is going on: one line that is rewritten on a terminal, plain lines elsewhere
 * (a log needs a sign of life, but not many).
 */
export function startProgress(title) {
  const started = Date.now()
  const terminal = Boolean(process.stdout.isTTY)
  let detail = ''
  let ticks = 0
  const rewrite = () => {
    ticks += 1
    const line = `${spinner[ticks % 4]} ${title} (${formatSeconds(Date.now() - started)}) ${detail}`
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`)
  }
  const timer = terminal
    ? setInterval(rewrite, 200)
    : setInterval(() => console.log(`  ${title} … ${formatSeconds(Date.now() - started)} ${detail}`), 15_000)
  if (!terminal) console.log(`  ${title} …`)
  return {
    detail(text) {
      detail = text
    },
    /** Ends it with one line that stays; gives the milliseconds it took. */
    done(text) {
      clearInterval(timer)
      const tookMs = Date.now() - started
      console.log(`${terminal ? '\r\x1b[K' : ''}  ${text || title}: ${formatSeconds(tookMs)}`)
      return tookMs
    },
    fail() {
      clearInterval(timer)
      if (terminal) process.stdout.write('\r\x1b[K')
    },
  }
}
