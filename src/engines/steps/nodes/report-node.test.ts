import { RecordingSink } from '../../../../test/engines/support/recording-sink.ts'
import type { NodeReport } from '../../../domain/runs/node-report.ts'
import { mostMessage, mostText } from '../../../domain/runs/node-report.ts'
import { SecretScrubber } from '../secrets/secret-scrubber.ts'
import { reportNode } from './report-node.ts'

async function reported(node: NodeReport, secret: string): Promise<NodeReport | undefined> {
  const sink = new RecordingSink('')
  await reportNode({ sink, secrets: new SecretScrubber({ DBT_ENV_SECRET_X: secret }) }, 1, node)
  return [...sink.step(1).nodes.values()][0]
}

test('secrets are hidden in every text, also where one is cut', async () => {
  const secret = 'hush-hush'
  const long = `${'x'.repeat(mostText - 3)}${secret}`
  const node = await reported(
    {
      ...{ uniqueId: `model.${secret}`, status: long, thread: long },
      message: `${'x'.repeat(mostMessage - 3)}${secret}`,
      description: {
        ...{ name: secret, resourceType: long, packageName: long, path: long, group: long, owner: long },
        tags: [secret, long],
      },
    },
    secret,
  )
  expect(node?.uniqueId).toBe('model.*****')
  expect(JSON.stringify(node)).not.toContain('hus')
  expect(node?.description?.tags).toHaveLength(2)
})

test('a secret that stands in a time leaves the time as it is', async () => {
  const startedAt = '2026-11-30T10:00:00.000Z'
  expect(await reported({ uniqueId: 'model.a.b', status: 'success', startedAt }, '2026')).toMatchObject({ startedAt })
})

test('texts are cut to what is kept', async () => {
  const long = 'x'.repeat(10_000)
  const node = await reported(
    { uniqueId: 'model.a.b', status: long, message: long, description: { name: long, resourceType: long } },
    '',
  )
  expect([node?.status.length, node?.message?.length, node?.description?.name.length]).toEqual([
    ...[mostText, mostMessage, mostText],
  ])
})
