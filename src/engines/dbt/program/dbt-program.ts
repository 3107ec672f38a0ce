import { open, readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import { StepFailure } from '../../steps/step-failure.ts'
import { findOnPath, isExecutable, isFile } from './find-on-path.ts'

export interface DbtProgram {
  /** The path is absolute. */
  readonly file: string
  /** It is known before dbt has run if it is installed as a Python package. */
  readonly version: string | undefined
  readonly majorVersion: number
}

/** Finds a dbt program by path (a relative one from the project's folder) or by name on the PATH of the run. */
export async function findDbtProgram(command: string, searchPath: string, projectDir: string): Promise<DbtProgram> {
  const file = await findFile(command, searchPath, projectDir)
  const version = (await versionOfPackage(file)) ?? (await versionBehindLink(file))
  return { file, version, majorVersion: await majorVersionOf(file, version) }
}

/** The version of a dbt, as far as it can be known without running it; undefined also when there is none. */
export async function versionOfDbt(...where: Parameters<typeof findDbtProgram>): Promise<string | undefined> {
  try {
    const { version, majorVersion } = await findDbtProgram(...where)
    return version ?? (majorVersion > 1 ? `${majorVersion}.0` : undefined)
  } catch (error) {
    if (error instanceof StepFailure) return undefined
    throw error
  }
}

async function findFile(command: string, searchPath: string, projectDir: string): Promise<string> {
  if (command.includes('/')) {
    const file = path.resolve(projectDir, command)
    if (!(await isFile(file))) throw new StepFailure(`There is no dbt program at ${file}.`)
    if (!(await isExecutable(file))) throw new StepFailure(`The dbt program ${file} is not executable.`)
    return file
  }
  const file = await findOnPath(command, searchPath)
  if (file !== undefined) return file
  throw new StepFailure(
    `The dbt program \`${command}\` was not found on PATH. Install dbt, or name its program in the environment's dbt command.`,
  )
}

/** Asking `dbt --version` takes seconds; the folder of the package beside a venv's program says it in a millisecond. */
async function versionOfPackage(file: string): Promise<string | undefined> {
  const lib = path.resolve(path.dirname(file), '..', 'lib')
  for (const python of (await namesIn(lib)).filter((name) => name.startsWith('python'))) {
    const packages = await namesIn(path.join(lib, python, 'site-packages'))
    for (const name of packages) {
      const version = /^dbt_core-(.+)\.dist-info$/.exec(name)?.[1]
      if (version !== undefined) return version
    }
  }
  return undefined
}

async function versionBehindLink(file: string): Promise<string | undefined> {
  const target = await realpath(file)
  return target === file ? undefined : versionOfPackage(target)
}

/** dbt 1 is a Python script; dbt 2 is a machine's own program. */
async function majorVersionOf(file: string, version: string | undefined): Promise<number> {
  if (version !== undefined) return Number.parseInt(version, 10)
  const handle = await open(file)
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.toString('latin1') === '#!' ? 1 : 2
  } finally {
    await handle.close()
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []) // not a venv
}
