import { readFileSync } from 'node:fs'

/** A Dockerfile in its stages, with the defaults of its build arguments filled in. */
export function readDockerfile(file) {
  const stages = []
  const args = {}
  for (const { keyword, text } of instructionsOf(readFileSync(file, 'utf8'))) {
    if (keyword === 'ARG' && stages.length === 0) {
      const [name, value] = text.split('=')
      args[name] = value
    } else if (keyword === 'FROM') {
      const [image, , name] = text.split(/\s+/)
      stages.push({ name, image: image.replace(/\$\{(\w+)\}/, (_, arg) => args[arg]), instructions: [] })
    } else {
      stages.at(-1).instructions.push({ keyword, text })
    }
  }
  return { args, stages }
}

/** Containers of the last stage start with these. */
export function imageDefaults({ stages }) {
  const { instructions } = stages.at(-1)
  const last = (wanted) => instructions.filter(({ keyword }) => keyword === wanted).at(-1)?.text
  const list = (text) => (text === undefined ? [] : JSON.parse(text))
  return {
    entrypoint: list(last('ENTRYPOINT')),
    command: list(last('CMD')),
    user: last('USER'),
    healthcheck: last('HEALTHCHECK'),
    environment: Object.fromEntries(
      instructions
        .filter(({ keyword }) => keyword === 'ENV')
        .flatMap(({ text }) =>
          text.split(/\s+/).map((pair) => [pair.split('=')[0], pair.slice(pair.indexOf('=') + 1)]),
        ),
    ),
  }
}

/** Finds the COPY instructions of a stage: sources, target, and the stage that they come from if any. */
export function copiesOf({ instructions }) {
  return instructions
    .filter(({ keyword }) => keyword === 'COPY')
    .map(({ text }) => {
      const words = text.split(/\s+/)
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
      const paths = words.filter((word) => !word.startsWith('--'))
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) }
    })
}

function instructionsOf(text) {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [keyword] = line.split(/\s+/, 1)
      return { keyword, text: line.slice(keyword.length).trim() }
    })
}
