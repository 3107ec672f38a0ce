import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { runCli } from '../support/run-cli.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

let folder: string
let env: Record<string, string>
let server: StratusProcess
let repository: string

const document = `projects:
  - name: Coffee
    path: ./coffee
    environment_variables: { DBT_ENV_SECRET_KEY: hush, DBT_REGION: eu }
    environments:
      - name: Production
        connection: { type: postgres, host: db }
        credentials: { password: hush }
        jobs: [{ id: 7, name: Build, execute_steps: [dbt build] }]
  - name: Tea
    git: { url: REPOSITORY }
    environments: [{ name: Production, dbt: { command: ./dbt } }]
`

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-export-'))
  mkdirSync(path.join(folder, 'coffee'))
  writeFileSync(path.join(folder, 'coffee/dbt_project.yml'), 'name: coffee\nversion: "1"\nprofile: coffee\n')
  // Beside the folder that dev is given, so that only the document names it.
  repository = mkdtempSync(path.join(os.tmpdir(), 'stratus-cli-repository-'))
  writeFileSync(path.join(folder, 'stratus.yml'), document.replace('REPOSITORY', repository))
  env = {
    XDG_DATA_HOME: path.join(folder, 'share'),
    ...{ DATABASE_URL: '', STRATUS_DATA_DIR: '', STRATUS_URL: '' },
  }
  server = await startStratus(['dev', folder], { env })
})
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
  rmSync(repository, { recursive: true, force: true })
})

test('what the server has is written as a stratus.yml, which apply finds unchanged', async () => {
  const file = path.join(folder, 'exported.yml')
  const written = await runCli(['export', '--file', file], { env, cwd: folder })
  expect(written).toEqual({ code: 0, output: '' })
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain('hush')
  expect(text).toMatch(/# *DBT_ENV_SECRET_KEY: \{ from_env: DBT_ENV_SECRET_KEY \}/)
  expect(text).toMatch(/# *password: \{ from_env: PASSWORD \}/)
  const applied = await runCli(['apply', '--file', file, '--dry-run', '--prune'], { env, cwd: folder })
  expect(applied.code).toBe(0)
  expect(applied.output).toMatch(/\nWould create 0, update 0, delete 0; 6 unchanged. Nothing was changed.\n$/)

  const shown = await runCli(['export'], { env, cwd: folder })
  expect(shown).toEqual({ code: 0, output: text })
})

test('no file is overwritten', async () => {
  const { code, output } = await runCli(['export', '-f', 'stratus.yml'], { env, cwd: folder })
  expect(code).not.toBe(0)
  expect(output).toBe('stratus: Cannot write stratus.yml: it is there already; choose another name.\n')
  expect(readFileSync(path.join(folder, 'stratus.yml'), 'utf8')).toBe(document.replace('REPOSITORY', repository))
})

test('what dev has accepted, apply accepts from the same file, with the same warning', async () => {
  const { code, output } = await runCli(['apply', '--dry-run'], { env, cwd: folder })
  expect(output).toBe(
    `warning: stratus.yml:12:56: projects[1].environments[0].dbt.command: there is no program ${folder}/dbt on this machine\n` +
      'Would create 0, update 0, delete 0; 5 unchanged. Nothing was changed.\n',
  )
  expect(code).toBe(0)
  expect(server.output()).toContain(`warning: ${folder}/stratus.yml:12:56: projects[1].environments[0].dbt.command`)
})

test('a folder that is nowhere is a mistake, and what the file has no more is named', async () => {
  const file = path.join(folder, 'other.yml')
  const project = (folder: string) =>
    `projects: [{ name: Coffee, path: ${folder}, environments: [{ name: Production }] }]\n`
  writeFileSync(file, project('./cofee'))
  const refused = await runCli(['apply', '-f', 'other.yml'], { env, cwd: folder })
  expect(refused.output).toContain(
    `other.yml:1:34: projects[0].path: there is no folder ${folder}/cofee on this machine`,
  )
  expect(refused.code).not.toBe(0)
  writeFileSync(file, project('./coffee'))
  const { output } = await runCli(['apply', '-f', 'other.yml', '--dry-run'], { env, cwd: folder })
  expect(output).toContain('  not in the file: project Tea (id 2); it stays as it is\n')
  expect(output).toContain('  not in the file: job Coffee › Production › Build (id 7); --prune deletes it\n')
})
