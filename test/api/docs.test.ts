import { Agent } from 'node:https'
import axios from 'axios'
import { createSlowProject, type SlowProject } from '../support/slow-project.ts'
import { type StratusProcess, startStratus } from '../support/stratus-process.ts'

let project: SlowProject
let stratus: StratusProcess
beforeAll(async () => {
  project = await createSlowProject(1)
  stratus = await startStratus(['dev', project.project, '--data-dir', project.dataDir], { env: project.env })
}, 60_000)
afterAll(async () => {
  await stratus.stop()
  await project.remove()
})

const get = (url: string) =>
  axios.get(new URL(url, stratus.ready.url).href, {
    httpsAgent: new Agent({ rejectUnauthorized: false }),
    validateStatus: () => true,
    responseType: 'text',
    transformResponse: (text) => text,
  })

test('the pages of the API come from the server itself, without a token', async () => {
  const page = await get('/api/docs')
  expect(page.status).toBe(200)
  expect(page.headers['content-type']).toMatch(/^text\/html/)
  const parts = [...String(page.data).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => String(url))
  expect(parts).toHaveLength(5)
  for (const url of parts) {
    expect(url).toMatch(/^\/api\/docs\//)
    expect([url, (await get(url)).status]).toEqual([url, 200])
  }
})

test('nothing on the page is written in it, as its policy for scripts demands', async () => {
  const page = await get('/api/docs/')
  expect(page.headers['content-security-policy']).toMatch(/script-src 'self'/)
  expect(page.data).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/)
})

test('the described operations are there with whole references', async () => {
  const start = await get('/api/docs/start.js')
  const urls = [...String(start.data).matchAll(/url: '([^']+)'/g)].map(([, url]) => String(url))
  expect(urls).toHaveLength(3)
  const documents = new Map<string, unknown>()
  for (const url of urls) documents.set(url.replace(/.*\//, './'), JSON.parse((await get(url)).data))
  expect(JSON.stringify(documents.get('./dbt-cloud-v2.json'))).toContain('"summary":"Trigger Job Run"')
  for (const [name, document] of documents) {
    for (const [, file, pointer] of JSON.stringify(document).matchAll(/"\$ref":"([^"#]*)#\/([^"]+)"/g)) {
      const found = String(pointer)
        .split('/')
        .reduce<unknown>(
          (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
          documents.get(file === '' ? name : String(file)),
        )
      expect([name, file, pointer, found !== undefined]).toEqual([name, file, pointer, true])
    }
  }
})
