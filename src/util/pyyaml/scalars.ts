/** Says which plain scalars are no text for PyYAML, which reads dbt's files: its own rules of YAML 1.1, exactly. */
export const scalars = {
  bool: /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  int: /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  float:
    /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  null: /^(?:~|null|Null|NULL|)$/,
  timestamp:
    /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/,
} as const

export type ScalarKind = keyof typeof scalars

export function isTrue(source: string): boolean {
  return /^(?:yes|true|on)$/i.test(source)
}

export function intOf(source: string): number {
  const digits = source.replaceAll('_', '').replace(/^[-+]/, '')
  const size = digits.includes(':')
    ? digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    : Number.parseInt(digits.replace(/^0[bx]/, ''), baseOf(digits))
  return source.startsWith('-') ? -size : size
}

function baseOf(digits: string): number {
  if (digits.startsWith('0b')) return 2
  if (digits.startsWith('0x')) return 16
  return digits.startsWith('0') ? 8 : 10
}

export function floatOf(source: string): number {
  const plain = source.replaceAll('_', '').replace(/^[-+]/, '').toLowerCase()
  const size = plain === '.inf' ? Number.POSITIVE_INFINITY : plain === '.nan' ? Number.NaN : sexagesimal(plain)
  return source.startsWith('-') ? -size : size
}

function sexagesimal(plain: string): number {
  return plain.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}
