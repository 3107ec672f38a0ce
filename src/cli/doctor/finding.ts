/** One line of `stratus doctor`. `cure`: what to do about it. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly subject: string
  readonly detail: string
  readonly cure?: string
}

export function ok(subject: string, detail: string): Finding {
  return { level: 'ok', subject, detail }
}

export function warn(subject: string, detail: string, cure: string): Finding {
  return { level: 'warn', subject, detail, cure }
}

export function fail(subject: string, detail: string, cure: string): Finding {
  return { level: 'fail', subject, detail, cure }
}
