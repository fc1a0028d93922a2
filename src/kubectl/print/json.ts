import { goJson as goText } from '../../lang/json/exact-json.js'
import { byKey } from '../../lang/text/order.js'

type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Encodes JSON like Go, with `indent` for each level (none: compact). Keys of unstructured objects are
 * sorted; with `isInOrder` they keep their order, as fields of typed objects do.
 */
export function goJson(value: unknown, indent = '', prefix = '', isInOrder = false): string {
  const json = value as Json
  if (typeof json === 'string') return goText(json)
  if (typeof json === 'bigint') return String(json)
  if (json === null || typeof json !== 'object') return JSON.stringify(json)
  const inner = prefix + indent
  if (Array.isArray(json))
    return enclose(
      '[',
      json.map((item: unknown) => goJson(item, indent, inner, isInOrder)),
      ']',
      indent,
      prefix,
    )
  const colon = indent === '' ? ':' : ': '
  const entries = Object.entries(json).filter(([, field]) => field !== undefined)
  if (!isInOrder) entries.sort(byKey)
  const texts = entries.map(([key, field]) => goText(key) + colon + goJson(field, indent, inner, isInOrder))
  return enclose('{', texts, '}', indent, prefix)
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  indent: string,
  prefix: string,
): string {
  if (parts.length === 0) return open + close
  if (indent === '') return open + parts.join(',') + close
  const inner = prefix + indent
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${prefix}${close}`
}

/** Formats `-o json`. */
export function printJson(value: unknown, isInOrder = false): string {
  return `${goJson(value, '    ', '', isInOrder)}\n`
}
