import { additionalOf, type Schema } from './schema.js'

/** The schema that a path leads to and the names on the way, or why it leads nowhere. */
export type ResolvedFieldPath =
  | { readonly names: readonly string[]; readonly schema: Schema | undefined }
  | { readonly fault: string }

/** Delimiters, quoted texts and everything between them, as upstream's scanner splits a path. */
const TOKEN = /[.[\]]|'(?:[^']|(?<=\\)')*'|'[^]*|[^.[\]]+/g

const NO_FIELD: ResolvedFieldPath = { fault: 'does not refer to a valid field' }
const NO_END: ResolvedFieldPath = { fault: 'unexpected end of JSON path' }

/**
 * Follows a path such as `.spec['a.b'].c` in a schema. Source: apiextensions
 * pkg/apiserver/schema/cel/validation.go ValidFieldPath.
 */
export function findField(path: string, schema: Schema, allowsBrackets = true): ResolvedFieldPath {
  const tokens = path.match(TOKEN) ?? []
  const names: string[] = []
  let at: Schema | undefined = schema
  let next = 0
  while (next < tokens.length) {
    const token = tokens[next] as string
    next += 1
    if (token !== '.' && token !== '[') return { fault: `expected [ or . but got: ${token}` }
    if (token === '[' && !allowsBrackets) return { fault: 'array notation is not allowed' }
    const given = tokens[next]
    next += 1
    if (given === undefined) return NO_END
    if (token === '[' && !/^'[^]*'$/.test(given))
      return { fault: `expected single quoted string but got ${given}` }
    const name = token === '[' ? given.slice(1, -1).replaceAll(/\\(.)/g, '$1') : given
    const within = step(at, name)
    if (within === undefined) return NO_FIELD
    at = within.schema
    names.push(name)
    if (token === '.') continue
    const end = tokens[next]
    next += 1
    if (end === undefined) return NO_END
    if (end !== ']') return { fault: `expected ] but got ${end}` }
  }
  return { names, schema: at }
}

/** The schema of one name; it is undefined within `additionalProperties: true`. */
function step(schema: Schema | undefined, name: string): { readonly schema: Schema | undefined } | undefined {
  if (schema === undefined) return undefined
  const { properties = {} } = schema
  if (Object.keys(properties).length > 0)
    return Object.hasOwn(properties, name) ? { schema: properties[name] } : undefined
  const additional = additionalOf(schema)
  if (additional === undefined) return undefined
  return { schema: typeof additional === 'object' ? additional : undefined }
}
