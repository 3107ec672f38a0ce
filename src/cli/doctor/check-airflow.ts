import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import type { RawEnvironment } from '../../config/raw-environment.ts'
import { type Finding, fail } from './finding.ts'
import { runProgram } from './run-program.ts'

interface AirflowOptions {
  readonly python?: string
  readonly connectionId?: string
}

const finding = z.object({
  level: z.enum(['ok', 'warn', 'fail']),
  subject: z.string(),
  detail: z.string(),
  cure: z.string().optional(),
})

// Airflow alone takes seconds to import, on a small machine many.
const timeoutMs = 120_000

/** Asks Airflow in the given Python, with the environment as it is, about its connection. */
export async function checkAirflow(environment: RawEnvironment, options: AirflowOptions): Promise<Finding[]> {
  const python = options.python ?? findPython(environment)
  const connection = options.connectionId === undefined ? [] : ['--conn-id', options.connectionId]
  const { found, stdout, output } = await runProgram(python, [programFolder(), '--json', ...connection], {
    timeoutMs,
  })
  if (!found) return [fail('Python', `${python} was not found`, 'Name that of Airflow’s environment with --python.')]
  const findings = stdout.split('\n').flatMap(parseFinding)
  if (findings.length > 0) return findings
  const lastLine = output.split('\n').at(-1) ?? ''
  return [
    fail('Airflow', `${python} has told nothing: ${lastLine}`, 'Name that of Airflow’s environment with --python.'),
  ]
}

function findPython({ VIRTUAL_ENV }: RawEnvironment): string {
  const active = path.join(VIRTUAL_ENV ?? '', 'bin', 'python')
  return VIRTUAL_ENV !== undefined && VIRTUAL_ENV !== '' && existsSync(active) ? active : 'python3'
}

/** It is beside this file in a checkout, and beside or above it in the bundle, which is split into chunks. */
function programFolder(): string {
  const places = ['./airflow_doctor', '../airflow_doctor'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  )
  const folder = places.find((place) => existsSync(place))
  if (folder === undefined) throw new Error(`airflow_doctor is missing from this installation: ${places.join(', ')}.`)
  return folder
}

function parseFinding(line: string): Finding[] {
  if (!line.startsWith('{')) return []
  const { cure, ...rest } = finding.parse(JSON.parse(line))
  return [cure === undefined ? rest : { ...rest, cure }]
}
