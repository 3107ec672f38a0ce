import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

export interface CoffeeProject {
  /** Holds all that a test makes; the test removes it. */
  readonly folder: string
  readonly project: string
  /** Every command gets it: nothing of this machine's own servers is in it. */
  readonly env: Record<string, string>
}

/** Makes a bare dbt project for `stratus dev`. */
export function createCoffeeProject(): CoffeeProject {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-coffee-'))
  const project = path.join(folder, 'coffee')
  mkdirSync(project)
  writeFileSync(path.join(project, 'dbt_project.yml'), 'name: coffee\nversion: "1"\nprofile: coffee\n')
  const env = { XDG_DATA_HOME: path.join(folder, 'share'), DATABASE_URL: '', STRATUS_DATA_DIR: '', STRATUS_URL: '' }
  return { folder, project, env }
}
