import { Transform } from 'node:stream'
import { JsonScrubber } from './json-scrubber.ts'
import type { SecretScrubber } from './secret-scrubber.ts'
import { TextScrubber } from './text-scrubber.ts'

/** A text has no such byte; a file that begins with a piece that has one is something else. */
const notText = '\0'

/** Hides secrets in the whole text of a file. */
export function scrubText(name: string, text: string, scrubber: SecretScrubber): string {
  if (scrubber.isIdle) return text
  const content = contentScrubber(name, scrubber)
  const bytes = Buffer.from(text).toString('latin1')
  return Buffer.from(content.push(bytes) + content.end(), 'latin1').toString('utf8')
}

/** Hides secrets in a text file on its way to the store. What is no text stays as it is. */
export function scrubFile(name: string, scrubber: SecretScrubber): Transform {
  const content = contentScrubber(name, scrubber)
  let isText: boolean | undefined
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      // One character a byte, so that whatever is not found stays as it was.
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
