#!/usr/bin/env node
import { realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommanderError } from 'commander'
import { AppError } from '../domain/errors.ts'
import { errorCode } from '../util/error-code.ts'
import { printError } from './output/terminal.ts'
import { createProgram } from './program.ts'

/** The program was installed here: its migrations and other files lie beside it. */
const installDir = path.dirname(realpathSync(fileURLToPath(import.meta.url)))

// The reader of our output may have gone (`stratus run … | head`, a closed terminal): that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (!['EPIPE', 'EIO'].includes(errorCode(error) ?? '')) throw error
  })
}

/** They keep 1 for a run that failed. */
const followingCommands = new Set(['run', 'retry', 'logs'])

process.exitCode = await main()

async function main(): Promise<number> {
  const outcome = { exitCode: 0 }
  const program = createProgram({ installDir, outcome })
  try {
    await program.parseAsync()
    return outcome.exitCode
  } catch (error) {
    const failed = followingCommands.has(program.args[0] ?? '') ? 2 : 1
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : failed
    if (error instanceof AppError) printError(error.message)
    else printError(`Unexpected error, please report it: ${error instanceof Error ? error.stack : String(error)}`)
    return failed
  }
}
