import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { RunOutcome } from '../../../src/engines/run-engine.ts'
import { GitRepository } from '../git/git-repository.ts'
import { createHarness, fixtureProgram, type Harness, neverStopped, planFor } from '../support/engine-harness.ts'
import type { RecordingSink } from '../support/recording-sink.ts'

const secret = 'foreign content that nobody may publish'

describe('what is in a repository is not trusted', () => {
  let harness: Harness
  let foreign: string
  beforeAll(async () => {
    harness = await createHarness()
    foreign = path.join(harness.folder, 'foreign')
    await mkdir(foreign)
    await writeFile(path.join(foreign, 'secret.yml'), `name: ${secret}\npackages: [{package: "${secret}"}]\n`)
    await symlink('/dev/zero', path.join(foreign, 'zero'))
    execFileSync('mkfifo', [path.join(foreign, 'fifo')])
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  const elsewhere = 'lies in another folder, to which a link leads'
  test.each([
    ['dbt_project.yml', 'secret.yml', elsewhere],
    ['packages.yml', 'secret.yml', elsewhere],
    ['dependencies.yml', 'secret.yml', elsewhere],
    ['package-lock.yml', 'fifo', 'is no regular file'],
    ['profiles.yml', 'zero', 'is no regular file'],
    ['profiles.yml', 'secret.yml', elsewhere],
    ['selectors.yml', 'secret.yml', elsewhere],
    ['.user.yml', '.', 'is a folder'],
  ])('%s that is a link to %s fails the run in words, and nothing of it appears', async (name, target, reason) => {
    const files = await harness.project()
    await rm(path.join(files, name), { force: true })
    await symlink(path.join(foreign, target), path.join(files, name))
    const repository = new GitRepository(files)
    repository.git('init', '--quiet')
    await repository.commit()
    const sink = harness.sink()
    const source = { kind: 'git' as const, url: files }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project: { id: 1, name: 'Git', source } })
    const outcome = await harness.engine.execute(plan, sink, neverStopped())
    expect(outcome).toEqual({
      outcome: 'error',
      message: `Clone git repository failed: ${name} of the repository ${reason}.`,
    })
    expect(sink.everything).not.toContain(secret)
  })

  test('a link within the repository is a file like others', async () => {
    const files = await harness.project({ 'shared/packages.yml': 'packages: []\n' })
    await symlink('shared/packages.yml', path.join(files, 'packages.yml'))
    const repository = new GitRepository(files)
    repository.git('init', '--quiet')
    await repository.commit()
    const source = { kind: 'git' as const, url: files }
    const plan = planFor('', fixtureProgram('dbt-succeeds'), { project: { id: 1, name: 'Git', source } })
    expect(await harness.engine.execute(plan, harness.sink(), neverStopped())).toEqual({ outcome: 'success' })
  })
})

describe('what a run left is not trusted', () => {
  let harness: Harness
  let project: string
  let foreign: string
  beforeAll(async () => {
    harness = await createHarness({ maxArtifactBytes: 1024 * 1024 })
    project = await harness.project()
    foreign = path.join(harness.folder, 'foreign')
    await mkdir(foreign)
    for (const name of ['secret.txt', 'run_results.json', 'partial_parse.msgpack', 'dbt.log'])
      await writeFile(path.join(foreign, name), `{"text": "${secret}"}\n`)
  })
  afterAll(() => harness[Symbol.asyncDispose]())

  async function runWith(trick?: string, sink = harness.sink()): Promise<{ outcome: RunOutcome; sink: RecordingSink }> {
    const environmentVariables = { FOREIGN: foreign, ...(trick !== undefined && { TRICK: trick }) }
    const plan = planFor(project, fixtureProgram('dbt-hostile'), { environmentVariables })
    return { outcome: await harness.engine.execute(plan, sink, neverStopped()), sink }
  }

  test.each([
    ['a FIFO for a log', 'dbt.log is no regular file: the debug log is not read on.'],
    ['an endless log', 'dbt.log is a link: the debug log is not read on.'],
    ['another log', 'dbt.log is a link: the debug log is not read on.'],
    ['another folder of logs', 'dbt.log lies in another folder, to which a link leads: the debug log is not read on.'],
    ['another target', 'No artifacts are kept: the target folder is gone, or has become a link to another one.'],
    ['no target', 'No artifacts are kept: the target folder is gone, or has become a link to another one.'],
    ['special files', 'target/manifest.json is not kept: it is no regular file.'],
    ['special files', 'target/run_results.json is not kept: it is a link.'],
    ['special files', 'target/sources.json is not kept: it is no regular file.'],
    ['special files', 'target/compiled is not kept: it is a link.'],
    ['a special file for results', 'dbt ended with exit code 1 and did not say why.'],
    ['large files', 'target/large.bin is not kept: it has 20480 MB, and STRATUS_MAX_ARTIFACT_MB is 1.'],
    ['strange names', 'target/two\uFFFDlines\uFFFD[2J is not kept: it has 2 MB, and STRATUS_MAX_ARTIFACT_MB is 1.'],
    ['a file that changes', ''],
  ])('%s: the run ends, and the next one of its job runs', async (trick, sentence) => {
    const { sink } = await runWith(trick)
    const { console } = sink.step(4)
    expect(console).toContain(sentence)
    const stored = await Promise.all(sink.step(4).artifacts.map((name) => readFile(sink.fileOf(4, name), 'utf8')))
    expect(JSON.stringify([sink.everything, stored])).not.toContain(secret)
    expect(await readFile(path.join(foreign, 'partial_parse.msgpack'), 'utf8')).toContain(secret)
    const next = await runWith()
    expect(next.outcome).toEqual({ outcome: 'success' })
    expect(next.sink.step(4).artifacts).toEqual(['manifest.json'])
  })

  test('of very many files ten thousand are kept, and above all those of dbt', async () => {
    const names: string[] = []
    const sink = harness.sink()
    const report = sink.report.bind(sink)
    sink.report = async (event) => {
      if (event.type !== 'artifact') return report(event)
      if (event.content instanceof Readable) await event.content.resume().toArray()
      names.push(event.path)
    }
    const { outcome } = await runWith('many files', sink)
    expect(outcome).toEqual({ outcome: 'success' })
    expect([names.length, names.includes('manifest.json')]).toEqual([10_001, true])
    const { console } = sink.step(4)
    expect(console).toContain('target/compiled/18999 is not kept: a run has at most 10000 artifacts.')
    expect(console).toContain('9990 more files of target are not kept.')
  }, 120_000)
})
