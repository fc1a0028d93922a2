/** Where a part of a template stands, and how Go writes it: what an error points at. */
export interface TemplatePlace {
  /** Index of its first character in the template; of a chain that of its second field. */
  readonly at: number
  readonly source: string
}

/**
 * One value inside an action: a field chain, a variable, a literal, a function, or a pipeline in parentheses
 * with fields after it.
 */
export type Operand = TemplatePlace &
  (
    | { readonly kind: 'dot'; readonly fields: readonly string[] }
    | { readonly kind: 'variable'; readonly name: string; readonly fields: readonly string[] }
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipeline'; readonly pipeline: Pipeline; readonly fields: readonly string[] }
  )

/** A function with its arguments, or a single value. */
export type GoCommand = readonly [Operand, ...Operand[]]

/** Commands that pass their results on: `a | b c`. */
export interface Pipeline {
  readonly commands: readonly GoCommand[]
  /** `$x := ...`, `$i, $v := ...`; `=` assigns to existing variables. */
  readonly variables: readonly string[]
  readonly declares: boolean
}

/** A part of a template. Source: Go's text/template/parse. */
export type GoNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly GoNode[]
      readonly otherwise: readonly GoNode[]
    }
  | (TemplatePlace & {
      readonly kind: 'template'
      readonly name: string
      readonly pipeline: Pipeline | undefined
    })
  | { readonly kind: 'break' | 'continue' }

/** A parsed template, with the templates that it defines. */
export interface GoTemplate {
  readonly body: readonly GoNode[]
  readonly defined: ReadonlyMap<string, readonly GoNode[]>
}

/** A template that is invalid or fails. */
export class GoTemplateError extends Error {}
