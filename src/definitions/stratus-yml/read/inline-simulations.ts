import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import * as z from 'zod'
import { AppError, SetupError } from '../../../domain/errors.ts'
import { resolveScenario } from '../../../domain/scenarios/resolve-scenario.ts'
import type { StratusDocument } from '../schema/stratus-document.ts'

/** Puts scenarios, and the files that those name, in the place of their paths, so that a document can leave its machine. */
export async function inlineSimulations(document: StratusDocument, dir: string): Promise<StratusDocument> {
  return {
    ...document,
    projects: await each(document.projects, async (project) => ({
      ...project,
      ...(project.environments && {
        environments: await each(project.environments, async (environment) => ({
          ...(await inlined(environment, dir)),
          ...(environment.jobs && { jobs: await each(environment.jobs, (job) => inlined(job, dir)) }),
        })),
      }),
    })),
  }
}

/** One after another, so that of several mistakes the first is told. */
async function each<T>(list: readonly T[], change: (item: T) => Promise<T>): Promise<T[]> {
  const changed: T[] = []
  for (const item of list) changed.push(await change(item))
  return changed
}

type Simulated = { readonly name: string; readonly simulation?: unknown }

async function inlined<T extends Simulated>(item: T, dir: string): Promise<T> {
  if (item.simulation === undefined || item.simulation === null) return item
  const file = typeof item.simulation === 'string' ? path.resolve(dir, item.simulation) : undefined
  try {
    const scenario = file === undefined ? item.simulation : await readData(file)
    // Paths in a scenario's file are relative to that file.
    const folder = file === undefined ? dir : path.dirname(file)
    return { ...item, simulation: await resolveScenario(scenario, (name) => readData(path.resolve(folder, name))) }
  } catch (error) {
    throw new SetupError(`The simulation of "${item.name}" cannot be used: ${reason(error, file)}`, { cause: error })
  }
}

async function readData(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new SetupError(`Cannot read ${file}: ${error.message}`, { cause: error })
  })
  try {
    // Every JSON is YAML, but a manifest has megabytes.
    return file.endsWith('.json') ? JSON.parse(text) : parse(text)
  } catch (error) {
    throw new SetupError(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
}

function reason(error: unknown, file: string | undefined): string {
  if (error instanceof AppError) return error.message
  if (!(error instanceof z.ZodError)) throw error
  const [issue] = error.issues
  const place = [file, issue?.path.join('.')].filter(Boolean).join(': ')
  return `${place === '' ? '' : `${place}: `}expected ${issue?.message}.`
}
