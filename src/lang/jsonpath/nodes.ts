/** What is between braces, in brackets or on a side of a filter: nodes that apply one after the other. */
export interface ListNode {
  readonly kind: 'list'
  readonly nodes: readonly Node[]
}

/** An index or a slice. An absent bound is that of the list. */
export interface ArrayNode {
  readonly kind: 'array'
  readonly start: number | undefined
  readonly end: number | undefined
  /** Whether there is an index only, and `end` is the next one. */
  readonly isIndex: boolean
  readonly step: number | undefined
}

/** One part of a template. */
export type Node =
  | ListNode
  | ArrayNode
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'filter'; readonly left: ListNode; readonly operator: string; readonly right: ListNode }
  | { readonly kind: 'union'; readonly lists: readonly ListNode[] }
  | { readonly kind: 'number'; readonly value: number; readonly isFloat: boolean }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'identifier'; readonly name: string }

/** A parsed template: texts, and a list for each pair of braces. */
export interface JsonPathTemplate {
  readonly nodes: readonly Node[]
}

/**
 * An invalid JSONPath template, or one that fails on a value. The message is that of client-go's
 * util/jsonpath.
 */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}
