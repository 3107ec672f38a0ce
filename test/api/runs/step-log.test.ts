import { findStepLog } from '../../../src/runs/step-log.ts'
import { createTestApi, type TestApi } from '../../support/api-server.ts'
import { createJob } from '../../support/rows.ts'

let api: TestApi
beforeAll(async () => {
  api = await createTestApi()
})
afterAll(() => api.close())

const pieces = ['Running with dbt\n', 'größer ✓\n', 'Done.\n']
const whole = Buffer.from(pieces.join(''))

/** A run with one running step, which has logged these pieces so far. */
async function runningStep(texts: readonly string[] = pieces) {
  const { db, artifacts } = api.ctx
  const { id } = (await api.post(`/api/v2/accounts/1/jobs/${await createJob(db)}/run/`).expect(200)).body.data
  const step = { run_id: id, index: 1, kind: 'command' as const, name: 'dbt build', status: 'running' as const }
  const { id: step_id } = await db.insertInto('run_steps').values(step).returning('id').executeTakeFirstOrThrow()
  const chunks = texts.map((content, sequence) => ({ step_id, stream: 'console' as const, sequence, content }))
  if (chunks.length > 0) await db.insertInto('step_log_chunks').values(chunks).execute()
  const log = `/api/stratus/v1/accounts/1/runs/${id}/steps/1/log/`
  async function end() {
    const console_log_key = `logs/${id}/1/1/console.log`
    await artifacts.put(console_log_key, Buffer.from(texts.join('')))
    await db.updateTable('run_steps').set({ status: 'success', console_log_key }).where('id', '=', step_id).execute()
    await db.deleteFrom('step_log_chunks').where('step_id', '=', step_id).execute()
  }
  return { id, log, end }
}

const part = async (log: string, range: string) => {
  const { status, headers, text } = await api.get(log).set('Range', range)
  return { status, text, range: headers['content-range'] }
}

test('a log is read from its first byte to its last, in parts, while it grows and afterwards', async () => {
  const { log, end } = await runningStep()
  const size = whole.length
  for (const isComplete of ['false', 'true']) {
    const { text, headers } = await api.get(log).expect(200)
    expect(text).toBe(whole.toString())
    expect(headers).toMatchObject({
      ...{ 'content-type': 'text/plain; charset=utf-8', 'accept-ranges': 'bytes', 'content-length': String(size) },
      ...{ 'x-log-bytes': String(size), 'x-log-complete': isComplete },
    })
    expect(await part(log, 'bytes=8-20')).toEqual({
      ...{ status: 206, text: whole.toString('utf8', 8, 21), range: `bytes 8-20/${size}` },
    })
    expect(await part(log, `bytes=${size - 6}-`)).toMatchObject({ status: 206, text: 'Done.\n' })
    expect(await part(log, 'bytes=-6')).toMatchObject({ status: 206, text: 'Done.\n' })
    expect(await part(log, `bytes=${size}-`)).toMatchObject({ status: 416, range: `bytes */${size}` })
    expect(await part(log, 'bytes=0-1,4-5')).toMatchObject({ status: 200, text: whole.toString() })
    if (isComplete === 'false') await end()
  }
  expect((await api.get(`${log}?stream=debug`).expect(200)).text).toBe('')
})

test('a complete log has a name, by which a client that has it already is spared it', async () => {
  const { log, end } = await runningStep()
  expect((await api.get(log).expect(200)).headers.etag).toBeUndefined()
  await end()
  const { etag } = (await api.get(log).expect(200)).headers
  expect((await api.get(log).set('If-None-Match', String(etag)).expect(304)).text).toBe('')
  const conditional = (version: string) => api.get(log).set('Range', 'bytes=0-3').set('If-Range', version)
  expect((await conditional(String(etag)).expect(206)).text).toBe('Runn')
  expect((await conditional('"another"').expect(200)).text).toBe(whole.toString())
})

test('a step that ends while its log is read gives the rest from where it lies then', async () => {
  const { id, end } = await runningStep()
  const log = await findStepLog(api.ctx, { runId: id, index: 1, stream: 'console' })
  const read: Buffer[] = []
  for await (const chunk of (await log?.open()) ?? []) {
    if (read.length === 0) await end()
    read.push(Buffer.from(chunk))
  }
  expect(Buffer.concat(read).toString()).toBe(whole.toString())
})

test('a step that has logged nothing, is not there, or a stream that is none', async () => {
  const { log } = await runningStep([])
  expect((await api.get(log).expect(200)).text).toBe('')
  expect(await part(log, 'bytes=0-')).toMatchObject({ status: 416, range: 'bytes */0' })
  for (const index of ['2', '3819665167741', 'x']) await api.get(log.replace('steps/1', `steps/${index}`)).expect(404)
  expect((await api.get(`${log}?stream=stderr`).expect(400)).body.data.stream).toContain(
    'Expected one of console, debug',
  )
})
