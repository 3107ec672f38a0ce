import { readFileSync } from 'node:fs'
import Sequencer from '@jest/test-sequencer'

/**
 * Files that start a real dbt take longest, those that start the built program or another dbt come next: with them first, no worker is
 * left alone with one at the end.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const ranks = new Map(tests.map((test) => [test, rankOf(test)]))
    return super.sort(tests).sort((one, other) => ranks.get(one) - ranks.get(other))
  }
}

const starts = [/\b(realDbt|useWarmDbt|startWarmPython)\(/, /\b(startStratus|useSlowServers|runCli|createHarness)\(/]

function rankOf({ path }) {
  const text = readFileSync(path, 'utf8')
  const rank = starts.findIndex((pattern) => pattern.test(text))
  return rank === -1 ? starts.length : rank
}
