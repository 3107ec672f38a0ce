const expression =
  /\{\{\s*env_var\(\s*(['"])([^'"\\]+)\1\s*(?:,\s*(?:(['"])([^'"\\]*)\3|(\d+))\s*)?\)\s*(?:\|\s*(int|as_text|as_number|as_native|as_bool|lower|upper|trim)\s*)?\}\}/g

const filters: Readonly<Record<string, (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
}

/** A value with its `{{ env_var('NAME', 'default') }}` filled in; undefined if it holds Jinja beyond that. */
export function renderEnvVars(text: string, variables: Readonly<Record<string, string>>): string | undefined {
  if (needsDbt(text)) return undefined
  let missing = false
  const rendered = text.replace(
    expression,
    (_whole, _quote, name: string, _second, fallback: string | undefined, number: string | undefined, filter = '') => {
      const value = variables[name] ?? fallback ?? number
      missing ||= value === undefined
      return filters[filter]?.(value ?? '') ?? value ?? ''
    },
  )
  return missing ? undefined : rendered.replace(/\n$/, '')
}

/** It is true when dbt renders the text at all, and so may make something else of it. */
export function isRendered(text: string): boolean {
  return /\{[{%#]|[#}%]\}/.test(text)
}

/** It is true when only dbt can say what the text becomes, whatever the variables are. */
export function needsDbt(text: string): boolean {
  const rest = text.replace(expression, (whole, ...[, name, , , , filter = '']: string[]) => {
    // dbt puts secrets in when the filters are through.
    return name?.startsWith('DBT_ENV_SECRET') && /^(?:int|lower|upper|trim)$/.test(filter) ? whole : ''
  })
  return /\{[{%#]/.test(rest)
}
