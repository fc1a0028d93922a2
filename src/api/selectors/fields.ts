/**
 * Field selectors (`spec.nodeName=n1,status.phase!=Running`). Source:
 * k8s.io/apimachinery/pkg/fields/selector.go.
 */

/** One term: the field must (or must not) have the value. */
export interface FieldTerm {
  readonly field: string
  readonly operator: '=' | '!='
  readonly value: string
}

/** An invalid field selector; the message is upstream's. */
export class FieldSelectorError extends Error {}

/** Cache of parsed selectors, because the same few recur. Cleared if it grows large. */
const known = new Map<string, readonly FieldTerm[]>()
const MOST_KNOWN = 10_000

/** Parses a field selector; the terms are sorted as text. Throws FieldSelectorError. */
export function parseFieldSelector(text: string): readonly FieldTerm[] {
  let terms = known.get(text)
  if (terms === undefined) {
    terms = splitTerms(text)
      .filter((term) => term !== '')
      .sort()
      .map((term) => parseTerm(text, term))
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(text, terms)
  }
  return terms
}

/** Splits at commas that are not escaped by a backslash. */
function splitTerms(text: string): readonly string[] {
  const terms: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === ',') {
      terms.push(text.slice(start, at))
      start = at + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

/** The first operator ends the field, whether a backslash is before it or not. Source: splitTerm. */
function parseTerm(text: string, term: string): FieldTerm {
  for (let at = 0; at < term.length; at++) {
    for (const [symbol, operator] of [
      ['!=', '!='],
      ['==', '='],
      ['=', '='],
    ] as const) {
      if (term.startsWith(symbol, at)) {
        return { field: term.slice(0, at), operator, value: unescape(term.slice(at + symbol.length)) }
      }
    }
  }
  throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${term}'`)
}

function unescape(value: string): string {
  let out = ''
  for (let at = 0; at < value.length; at++) {
    const char = value.charAt(at)
    if (char === '\\') {
      const next = value.charAt(++at)
      if (next === '' || !'\\,='.includes(next)) {
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: \\${next}`)
      }
      out += next
    } else if (char === ',' || char === '=') {
      throw new FieldSelectorError(
        `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}`,
      )
    } else {
      out += char
    }
  }
  return out
}

/** Whether an object with these field values satisfies all terms; a field that it lacks has the value ''. */
export function fieldTermsMatch(terms: readonly FieldTerm[], valueOf: (field: string) => string): boolean {
  return terms.every(({ field, operator, value }) => (valueOf(field) === value) === (operator === '='))
}
