const esc = '\u001b'
const reset = `${esc}[0m`

/** Matches a colour, one control character, or one that turns the direction of the text around it. */
const special = /\p{Cc}\[[\d;:]{0,40}m|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu

/**
 * Makes text of whoever wrote it such as a terminal or file may have: colours stay where they are wanted, every other control
 * character escaped, so that nothing in a log or a name can clear a screen or play a title.
 */
export function terminalText(text: string, colours: boolean): string {
  return text
    .split('\n')
    .map((line) => showLine(line.replace(/\r$/, ''), colours))
    .join('\n')
}

/** The same in one line and without colours, for names, causes and other cells. */
export function plainText(text: string): string {
  return text.replace(special, (found) => escaped(found[0] ?? '') + found.slice(1))
}

function showLine(line: string, colours: boolean): string {
  let last = ''
  const shown = line.replace(special, (found) => {
    const first = found[0] ?? ''
    if (first === '\t') return found
    if (first !== esc || found.length === 1) return escaped(first) + found.slice(1)
    if (colours) last = found
    return colours ? found : ''
  })
  // A colour that its own line does not end would go on in what others print.
  return last === '' || last === reset || last === `${esc}[m` ? shown : `${shown}${reset}`
}

/** Writes it in the form that JSON has for it, so that JSON stays what it was. */
function escaped(character: string): string {
  if (character === '\n') return '\\n'
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
