import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config/config.ts'
import { machinePolicy } from '../../src/context/machine-policy.ts'
import { applyDocument } from '../../src/definitions/stratus-yml/apply/apply-document.ts'
import { createTestApi, type TestApi } from '../support/api-server.ts'
import { createJob } from '../support/rows.ts'

let folder: string
let api: TestApi
let none: TestApi
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stratus-commands-'))
  const bin = await installDbt('usual', '1.11.6')
  const roots = { STRATUS_PROJECT_ROOTS: folder, STRATUS_DBT_COMMANDS: await installDbt('later', '1.12.0b1') }
  api = await createTestApi('postgres', { policy: policyOf({ PATH: path.dirname(bin), ...roots }) })
  none = await createTestApi('postgres', { policy: policyOf({ PATH: '/nowhere' }) })
})
afterAll(async () => {
  await api.close()
  await none.close()
  await rm(folder, { recursive: true })
})

/** Answers the program of a folder that is laid out like a Python environment with dbt. */
async function installDbt(name: string, version: string): Promise<string> {
  const file = path.join(folder, name, 'bin', 'dbt')
  await mkdir(path.dirname(file), { recursive: true })
  await mkdir(path.join(folder, name, 'lib/python3.11/site-packages', `dbt_core-${version}.dist-info`), {
    recursive: true,
  })
  await writeFile(file, '#!/usr/bin/env python\n')
  await chmod(file, 0o755)
  return file
}

function policyOf(raw: Record<string, string>) {
  return machinePolicy(loadConfig({ mode: 'serve', raw: { DATABASE_URL: 'postgres://db.example.com/x', ...raw } }))
}

const href = '/api/v2/accounts/1/jobs/'

interface DbtValues {
  readonly dbt_command?: string
  readonly dbt_version?: string
}

/** Asks for a command in every way that there is; answers what each said, undefined if it was taken. */
async function askEverywhere(at: TestApi, command: string, environment: DbtValues = {}) {
  const values = { dbt_command: null, dbt_version: null, ...environment }
  const jobId = await createJob(at.ctx.db)
  const { project_id, environment_id } = await at.ctx.db
    .updateTable('environments')
    .set(values)
    .from('jobs')
    .whereRef('jobs.environment_id', '=', 'environments.id')
    .where('jobs.id', '=', jobId)
    .returning(['environments.project_id', 'environments.id as environment_id'])
    .executeTakeFirstOrThrow()
  const steps = ['dbt build', command]
  const created = await at.post(href).send({ name: 'New', project_id, environment_id, execute_steps: steps })
  const updated = await at.post(`${href}${jobId}/`).send({ execute_steps: steps })
  const triggered = await at.post(`${href}${jobId}/run/`).send({ cause: 'x', steps_override: steps })
  const document = {
    projects: [
      {
        name: `Applied ${jobId}`,
        git: { url: 'https://git.example/shop.git' },
        environments: [
          {
            name: 'Production',
            dbt: { command: values.dbt_command },
            dbt_version: values.dbt_version,
            jobs: [{ name: 'Build', execute_steps: steps }],
          },
        ],
      },
    ],
  }
  const applied = await at.post('/api/stratus/v1/apply/').send({ document })
  // `stratus dev` restricts nobody in what a document names on the machine.
  const dev = { ...at.ctx, policy: { ...at.ctx.policy, unrestricted: true } }
  const developed = await applyDocument(dev, document, { accountId: 1, dryRun: true }).then(
    () => undefined,
    (error: Error) => error.message.replace(/^.*execute_steps\[1\]: /s, ''),
  )
  const place = 'projects[0].environments[0].jobs[0].execute_steps[1]'
  return [
    created.status === 201 ? undefined : created.body.data['execute_steps.1'],
    updated.status === 200 ? undefined : updated.body.data['execute_steps.1'],
    triggered.status === 200 ? undefined : triggered.body.data['steps_override.1'],
    applied.status === 200 ? undefined : applied.body.data[place],
    developed,
  ]
}

const times = <T>(value: T) => Array(5).fill(value)
const typo = '`dbt run --selct x` has --selct, which is no option that `dbt run` has. Did you mean --select?'

test.each([
  ['dbt docs serve --host 0.0.0.0', /serves pages until it is stopped/],
  ['dbt init', /makes a new project/],
  ['dbt deps --add-package /any/folder --source local', /adds a package to the project/],
  ['dbt clean --no-clean-project-files-only', /lets dbt remove what is outside/],
  ['dbt debug --config-dir', /opens a folder on a screen/],
  ['dbt run --target-path /x', /which Stratus sets itself/],
  ['dbt run --state /var/lib', /expected a path in the project/],
])('%s is refused wherever it is asked for', async (command, sentence) => {
  expect(await askEverywhere(api, command, { dbt_version: '2.0' })).toEqual(times(expect.stringMatching(sentence)))
})

test('an option that nobody knows is refused for the dbt that is installed here, and the nearest is named', async () => {
  expect(await askEverywhere(api, 'dbt run --selct x')).toEqual(times(typo))
})

test.each<[string, () => DbtValues]>([
  ['the program of the environment is newer', () => ({ dbt_command: path.join(folder, 'later/bin/dbt') })],
  ['the environment says that it is newer', () => ({ dbt_version: '1.12.latest' })],
  ['it is Fusion', () => ({ dbt_version: 'latest-fusion' })],
])('it passes when %s', async (_name, environment) => {
  expect(await askEverywhere(api, 'dbt run --option-of-tomorrow x', environment())).toEqual(times(undefined))
})

test('where nothing is known of a dbt the sentence says how to tell', async () => {
  const hint = " Stratus knows the commands of dbt 1.11; if the environment's dbt is newer, say so in its dbt_version."
  expect(await askEverywhere(none, 'dbt run --selct x', { dbt_version: 'latest' })).toEqual(times(typo + hint))
  expect(await askEverywhere(none, 'dbt run --select x')).toEqual(times(undefined))
})

test('it passes when the last run of the environment had a newer dbt, and not when it had this one', async () => {
  const jobId = await createJob(none.ctx.db)
  const trigger = () =>
    none.post(`${href}${jobId}/run/`).send({ cause: 'x', steps_override: ['dbt run --option-of-tomorrow'] })
  const run = (await none.post(`${href}${jobId}/run/`).send({ cause: 'x' }).expect(200)).body.data.id
  const ran = (dbt_version: string) =>
    none.ctx.db.updateTable('runs').set({ dbt_version }).where('id', '=', run).execute()
  await ran('1.11.6')
  await trigger().expect(400)
  await ran('1.12.1')
  await trigger().expect(200)
})

test('a state may be read below the roots of the server, and in the project', async () => {
  for (const state of [`${folder}/prod`, 'prev', './target']) {
    expect(await askEverywhere(api, `dbt build --defer --state ${state}`)).toEqual(times(undefined))
  }
})

test('what a job has already stays when it is sent back whole', async () => {
  const jobId = await createJob(api.ctx.db, { execute_steps: ['dbt init', 'dbt run'] })
  const whole = (await api.get(`${href}${jobId}/`).expect(200)).body.data
  await api
    .post(`${href}${jobId}/`)
    .send({ ...whole, name: 'Other' })
    .expect(200)
  const { body } = await api
    .post(`${href}${jobId}/`)
    .send({ ...whole, execute_steps: ['dbt init', 'dbt docs serve'] })
    .expect(400)
  expect(Object.keys(body.data)).toEqual(['execute_steps.1'])
})
