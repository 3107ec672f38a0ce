import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

declare global {
  namespace WebAssembly {
    function compile(bytes: Uint8Array): Promise<Module>
  }
}

let program: Promise<WebAssembly.Module> | undefined

/** Compiles the embedded PostgreSQL on another thread: called before what else takes time. */
export function beginToCompilePglite(): void {
  // Whoever opens the database hears of a failure.
  pgliteProgram().catch(() => {})
}

export function pgliteProgram(): Promise<WebAssembly.Module> {
  program ??= compile()
  return program
}

async function compile(): Promise<WebAssembly.Module> {
  // A start runs most code once: optimising it at the usual pace takes a quarter of the start, and of both cores.
  setFlagsFromString('--wasm-tiering-budget=100000000')
  // Functions are checked when they are first called, as they are compiled: most never are.
  setFlagsFromString('--wasm-lazy-validation')
  const file = new URL('pglite.wasm', import.meta.resolve('@electric-sql/pglite'))
  // At once: in the usual steps its nine megabytes would come between everything else that is loaded.
  return WebAssembly.compile(readFileSync(fileURLToPath(file)))
}
