// Tests the API with generated requests against openapi/*.yaml: 90 seconds, or as many as the argument says.
import { PlainError, runMain } from './lib/plain-error.mjs'
import { withPrograms } from './lib/programs.mjs'
import { runSchemathesis } from './lib/run-schemathesis.mjs'
import { setUp } from './lib/set-up.mjs'

await runMain(async () => {
  const seconds = Number(process.argv[2] ?? 90)
  if (!(seconds > 0)) throw new PlainError(`got "${process.argv[2]}", expected a number of seconds`)
  const result = await withPrograms(async (programs) => {
    await setUp(['schemathesis'])
    return await runSchemathesis(programs, { seconds })
  })
  if (typeof result === 'number') return result
  const { code, ...counts } = result
  console.log(JSON.stringify(counts))
  return code
})
