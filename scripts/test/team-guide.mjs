import { PlainError } from '../lib/plain-error.mjs'

/** The blocks of the README's "For a team" in their order, with the names of this machine in place of the example's. */
export function readTeamGuide(readme, replacements) {
  const section = readme.split(/^## /m).find((part) => part.startsWith('For a team\n'))
  if (section === undefined) throw new PlainError('The README has no section "For a team".')
  const blocks = [...section.split('### ')[0].matchAll(/^ *```(sh|yaml)\n(.*?)^ *```$/gms)].map(([, kind, text]) => ({
    kind,
    text: replaceAll(outdent(text), replacements),
  }))
  const kinds = blocks.map(({ kind }) => kind).join(' ')
  if (kinds !== 'sh sh yaml sh sh')
    throw new PlainError(`The README's "For a team" has other blocks than known: ${kinds}.`)
  const [server, authority, document, client, airflow] = blocks.map(({ text }) => text)
  return { server, authority, document, client, airflow }
}

function outdent(text) {
  const indent = /^ */.exec(text)[0]
  return text.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
}

function replaceAll(text, replacements) {
  return Object.entries(replacements).reduce((done, [from, to]) => done.replaceAll(from, to), text)
}
