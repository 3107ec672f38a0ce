import { readdir } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import { loadDocument } from '../../definitions/stratus-yml/read/load-document.ts'
import { AppError } from '../../domain/errors.ts'
import { checkProfiles } from './check-profile.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { runProgram } from './run-program.ts'

/** The document of the folder, and every dbt that it names. */
export async function checkDbt(dir: string, environment: RawEnvironment): Promise<Finding[]> {
  try {
    const { document } = await loadDocument(dir, { environment, home: environment.HOME ?? os.homedir() })
    const environments = document.projects.flatMap((project) => project.environments ?? [])
    const commands = new Set(environments.map(({ dbt }) => dbt?.command ?? 'dbt'))
    const project = ok('project', `${document.projects.map(({ name }) => name).join(', ')} in ${path.resolve(dir)}`)
    const programs = await Promise.all([...commands].map((command) => checkCommand(command, dir)))
    return [project, ...programs, ...(await checkProfiles(document, environment))]
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [await describeProblem(dir, error.message), await checkCommand('dbt', dir)]
  }
}

/** A folder of nobody's is no mistake; a file with mistakes is one, and no server starts with it. */
async function describeProblem(dir: string, message: string): Promise<Finding> {
  const names = await readdir(dir).catch(() => [])
  const hasFile = names.some((name) => ['stratus.yml', 'stratus.yaml', 'dbt_project.yml'].includes(name))
  if (hasFile) return fail('project', message, 'Correct the file.')
  return warn('project', message, 'Run "stratus doctor" on the folder of a dbt project.')
}

async function checkCommand(command: string, dir: string): Promise<Finding> {
  const { found, succeeded, output } = await runProgram(command, ['--version'], { cwd: path.resolve(dir) })
  const subject = `dbt (${command})`
  if (!found) {
    return fail(
      subject,
      'not found',
      "Install it beside your project: python3 -m venv .venv && .venv/bin/pip install 'dbt-core~=1.11.0' dbt-<adapter>; " +
        'or name it in stratus.yml: dbt: { command: path/to/dbt }.',
    )
  }
  if (!succeeded)
    return fail(
      subject,
      `does not start: ${output.split('\n').at(-1) ?? ''}`,
      `Run "${command} --version" and mend what it says.`,
    )
  return describeVersion(subject, output)
}

/** dbt Core prints "- installed: 1.10.2" and its plugins, newer programs one line. */
export function describeVersion(subject: string, output: string): Finding {
  const version = /installed:\s*(\S+)/.exec(output)?.[1] ?? /\b(\d+\.\d+\.\d\S*)/.exec(output)?.[1]
  if (version === undefined) return warn(subject, 'tells no version', 'Is it dbt?')
  const [, plugins = ''] = output.split('Plugins:')
  const adapters = [...plugins.matchAll(/-\s*(\w+):\s*(\S+)/g)].map(([, name, number]) => `${name} ${number}`)
  const isCore = output.includes('Core:')
  if (isCore && adapters.length === 0) {
    return fail(
      subject,
      `${version} without an adapter`,
      'Install the one of your warehouse beside it, such as dbt-postgres.',
    )
  }
  return ok(subject, [version, ...adapters].join(', '))
}
