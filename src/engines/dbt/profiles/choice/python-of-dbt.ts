import { open } from 'node:fs/promises'
import path from 'node:path'
import { findOnPath } from '../../program/find-on-path.ts'

/**
 * The Python that runs a dbt 1, by the first lines of its program as installers write them; undefined for a dbt of
 * another kind, a wrapper above all.
 */
export async function pythonOfDbt(program: string, searchPath: string): Promise<string | undefined> {
  const [first = '', second = ''] = (await beginOf(program)).split('\n')
  // Where the path is too long or has blanks, a shell is told to run Python.
  const long = first === '#!/bin/sh' ? /^'''exec' "?([^"]+?)"? "\$0" "\$@"/.exec(second)?.[1] : undefined
  const [word = '', argument] =
    long === undefined
      ? first
          .replace(/^#!\s*/, '')
          .trim()
          .split(/\s+/)
      : [long]
  const python = path.basename(word) === 'env' && argument ? argument : word
  if (!first.startsWith('#!') || !/^python[\d.]*$/.test(path.basename(python))) return undefined
  return path.isAbsolute(python) ? python : findOnPath(python, searchPath)
}

async function beginOf(program: string): Promise<string> {
  const handle = await open(program)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
