const reset = '\x1b[0m'

/** A text whose only escape sequences end colours that never began, without them: dbt's errors of usage are such. */
export function withoutStrayResets(text: string): string {
  if (!text.includes(reset)) return text
  return text
    .split('\n')
    .map((line) => {
      const plain = line.replaceAll(reset, '')
      return plain.includes('\x1b[') ? line : plain
    })
    .join('\n')
}
