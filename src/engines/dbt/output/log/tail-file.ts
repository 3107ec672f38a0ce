import path from 'node:path'
import { errorCode } from '../../../../util/error-code.ts'
import { openForeign, UnfitFile } from '../../../../util/files/open-foreign.ts'

const blockSize = 64 * 1024

/** A log that shows nothing of so many bytes will not begin to: a file may claim any size. */
const maxBytes = 256 * 1024 * 1024

export interface TailOptions {
  /** Answers whether more is wanted. */
  readonly onChunk: (chunk: Buffer) => Promise<boolean>
  /** It is called once, when the file is not one to be read; nothing more of it is. */
  readonly onUnfit: (reason: string) => void
  readonly pollMs?: number
}

/** Reads a file while another program appends to it; the file need not be there yet, and its folder must be real. */
export function tailFile(file: string, { onChunk, onUnfit, pollMs = 500 }: TailOptions): { finish(): Promise<void> } {
  let position = 0
  let isWanted = true
  let reading = Promise.resolve()

  async function readOn(): Promise<void> {
    if (!isWanted) return
    try {
      await readToEnd()
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return
      if (!(error instanceof UnfitFile)) throw error
      isWanted = false
      onUnfit(error.message)
    }
  }

  /** It reads only as far as the file reached when it was opened: whoever appends for ever is not followed. */
  function readToEnd(): Promise<void> {
    return openForeign(file, { below: path.dirname(file) }, async ({ read }) => {
      while (isWanted) {
        const chunk = await read(position, blockSize)
        if (chunk.length === 0) return
        position += chunk.length
        isWanted = await onChunk(chunk)
        if (position >= maxBytes) throw new UnfitFile(`has more than ${maxBytes / 1024 / 1024} MiB`)
      }
    })
  }

  // One reader at a time, however slow the disk; an error surfaces in `finish`.
  const timer = setInterval(() => {
    reading = reading.then(readOn)
    reading.catch(() => {})
  }, pollMs)
  return {
    async finish() {
      clearInterval(timer)
      await reading
      await readOn()
    },
  }
}
