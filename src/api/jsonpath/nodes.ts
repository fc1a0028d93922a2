/** An operand of a filter: a value or a path. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }

/** One step of a path. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | {
      readonly kind: 'slice'
      readonly start?: number
      readonly end?: number
      readonly step: number
      readonly index: boolean
    }
  | { readonly kind: 'filter'; readonly left: Operand; readonly operator: string; readonly right?: Operand }
  | { readonly kind: 'union'; readonly paths: readonly (readonly Step[])[] }

/** One part of a template. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly body: readonly Node[] }

/** A parsed template, with its text for error messages. */
export interface Template {
  readonly text: string
  readonly nodes: readonly Node[]
}

/**
 * An invalid JSONPath template, or an index out of bounds. The message is that of client-go's util/jsonpath.
 */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}
