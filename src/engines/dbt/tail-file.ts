import { open } from 'node:fs/promises'
import { errorCode } from '../../util/error-code.ts'

const blockSize = 64 * 1024

/** Reads a file while another program appends to it, until `onChunk` wants no more; the file need not be there yet. */
export function tailFile(
  file: string,
  onChunk: (chunk: Buffer) => Promise<boolean>,
  pollMs = 500,
): { finish(): Promise<void> } {
  let position = 0
  let isWanted = true
  let reading = Promise.resolve()

  async function readOn(): Promise<void> {
    if (!isWanted) return
    const handle = await open(file).catch((error: unknown) => {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (handle === undefined) return
    try {
      while (isWanted) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(blockSize), 0, blockSize, position)
        if (bytesRead === 0) return
        position += bytesRead
        isWanted = await onChunk(buffer.subarray(0, bytesRead))
      }
    } finally {
      await handle.close()
    }
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
