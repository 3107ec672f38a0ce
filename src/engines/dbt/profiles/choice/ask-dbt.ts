import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { StepFailure } from '../../../steps/step-failure.ts'
import { dbtOfRun } from '../../program/dbt-of-run.ts'
import { projectOf, type Run } from '../../run.ts'
import { environmentOf } from '../../run-environment.ts'
import { publicKeys } from '../read/public-connection.ts'
import type { Choice } from './choice.ts'
import { pythonOfDbt } from './python-of-dbt.ts'

const output = z.record(z.string(), z.unknown())
const answers = z.object({
  answers: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('known'), name: z.string(), target: z.string(), output, shown: output }),
      z.object({ kind: z.literal('refused'), reason: z.string() }),
    ]),
  ),
  /** The profiles with the asked schema in the target of the first choice. */
  text: z.string().nullable(),
})
export type Answers = z.infer<typeof answers>

/** The answer is one line; whatever dbt prints besides is not kept. */
const maxOutput = 4 * 1024 * 1024

/** Asks dbt's own code what it makes of the choices; undefined when there is no dbt that can be asked. */
export async function askDbt(
  run: Run,
  question: {
    readonly projectFile: string
    readonly profilesFile: string
    readonly choices: readonly Choice[]
    readonly schema: string | undefined
  },
): Promise<Answers | undefined> {
  const env = environmentOf(run)
  const python = await pythonOf(run, env.PATH ?? '')
  if (python === undefined) return undefined
  const file = path.join(run.workspace.folder, 'question.json')
  await run.hands.place(file, JSON.stringify({ ...question, publicKeys }))
  let stdout = ''
  const end = await run.processes.run(
    { file: python, args: [scriptFile(), file], cwd: projectOf(run).dir, env },
    {
      stdout: (chunk) => {
        stdout = (stdout + chunk.toString('utf8')).slice(-maxOutput)
      },
      stderr: () => {},
    },
  )
  run.signal.throwIfAborted()
  if (end.kind !== 'exited' || end.code !== 0) return undefined
  return answers.safeParse(parseJson(stdout.trimEnd().split('\n').at(-1) ?? '')).data
}

async function pythonOf(run: Run, searchPath: string): Promise<string | undefined> {
  try {
    const { file, majorVersion } = await dbtOfRun(run)
    return majorVersion === 1 ? await pythonOfDbt(file, searchPath) : undefined
  } catch (error) {
    if (error instanceof StepFailure) return undefined // the step that runs dbt says what is wrong with the program
    throw error
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // not an answer
  }
}

/** It is beside this file in a checkout, and beside or above it in the bundle, which is split into chunks. */
function scriptFile(): string {
  const places = ['./ask_dbt.py', '../ask_dbt.py'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const file = places.find((place) => existsSync(place))
  if (file === undefined) throw new Error(`ask_dbt.py is missing from this installation: ${places.join(', ')}.`)
  return file
}
