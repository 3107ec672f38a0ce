const expression =
  /\{\{\s*env_var\(\s*(['"])([^'"]+)\1\s*(?:,\s*(['"])([^'"]*)\3\s*)?\)\s*(?:\|\s*(?:int|as_text|as_number|as_native|as_bool)\s*)?\}\}/g

/** A value with its `{{ env_var('NAME', 'default') }}` filled in; undefined if it holds Jinja beyond that. */
export function renderEnvVars(text: string, variables: Readonly<Record<string, string>>): string | undefined {
  let unknown = false
  const rendered = text.replace(expression, (_whole, _quote, name: string, _second, fallback: string | undefined) => {
    const value = variables[name] ?? fallback
    unknown ||= value === undefined
    return value ?? ''
  })
  return unknown || /\{[{%#]/.test(rendered) ? undefined : rendered
}
