import { Transform } from 'node:stream'
import { JsonScrubber } from './json-scrubber.ts'
import type { SecretScrubber } from './secret-scrubber.ts'
import { TextScrubber } from './text-scrubber.ts'

/** A text has no such byte; a file that begins with a piece that has one is something else. */
const notText = '\0'

/** Hides secrets in the whole content of a file. What is no text stays as it is. */
export function scrubContent(name: string, content: Buffer, scrubber: SecretScrubber): Buffer {
  // One character a byte, so that whatever is not found stays as it was.
  const bytes = scrubber.isIdle ? '' : content.toString('latin1')
  if (scrubber.isIdle || bytes.includes(notText)) return content
  const clean = contentScrubber(name, scrubber)
  return Buffer.from(clean.push(bytes) + clean.end(), 'latin1')
}

/** Hides secrets in a file on its way to the store. What is no text stays as it is. */
export function scrubFile(name: string, scrubber: SecretScrubber): Transform {
  const content = contentScrubber(name, scrubber)
  let isText: boolean | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const bytes = chunk.toString('latin1')
      isText ??= !bytes.includes(notText)
      if (!isText) return done(null, chunk)
      done(null, Buffer.from(content.push(bytes), 'latin1'))
    },
    flush(done) {
      done(null, Buffer.from(content.end(), 'latin1'))
    },
  })
}

function contentScrubber(name: string, scrubber: SecretScrubber): JsonScrubber | TextScrubber {
  return name.endsWith('.json') ? new JsonScrubber(scrubber) : new TextScrubber(scrubber.forBytes)
}
