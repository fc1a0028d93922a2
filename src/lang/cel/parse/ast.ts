import type { Value } from '../values.js'

interface Located {
  /** Number of the node in its expression; what a macro makes has numbers of its own. */
  readonly id: number
  /** Where faults of the node are reported, in UTF-16 units. */
  readonly position: number
}

export interface Literal extends Located {
  readonly kind: 'literal'
  readonly value: Value
}

export interface Ident extends Located {
  readonly kind: 'ident'
  readonly name: string
}

/** `operand.field`, or `has(operand.field)`. */
export interface Select extends Located {
  readonly kind: 'select'
  readonly operand: Expr
  readonly field: string
  readonly isTest: boolean
}

export interface Call extends Located {
  readonly kind: 'call'
  readonly name: string
  readonly target: Expr | undefined
  readonly args: readonly Expr[]
}

export interface List extends Located {
  readonly kind: 'list'
  readonly items: readonly { readonly value: Expr; readonly optional: boolean }[]
}

export interface MapEntry {
  readonly key: Expr
  readonly value: Expr
  readonly optional: boolean
}

export interface MapExpr extends Located {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
}

export interface Struct extends Located {
  readonly kind: 'struct'
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly value: Expr }[]
}

/** A comprehension: what macros over lists and maps expand to. */
export interface Fold extends Located {
  readonly kind: 'fold'
  readonly range: Expr
  readonly variable: string
  /** The second variable, which is the value of a map or the item of a list. */
  readonly second: string | undefined
  readonly accumulator: string
  readonly initial: Expr
  readonly condition: Expr
  readonly step: Expr
  readonly result: Expr
}

/** A node of a parsed expression. Source: cel-go common/ast/expr.go. */
export type Expr = Literal | Ident | Select | Call | List | MapExpr | Struct | Fold

type Shape = Expr extends infer E ? (E extends Expr ? Omit<E, 'id'> : never) : never

/** Makes the nodes of one expression, numbered. */
export class Nodes {
  #last = 0

  make<E extends Shape>(shape: E): Expr {
    // the spread comes last, so that nodes of a kind share a hidden class; a copy brings its old number
    const node = { id: 0, ...shape }
    node.id = ++this.#last
    return node as unknown as Expr
  }

  /** Copies an expression with numbers of its own. */
  copy(expr: Expr): Expr {
    const again = (one: Expr): Expr => this.copy(one)
    switch (expr.kind) {
      case 'literal':
      case 'ident':
        return this.make({ ...expr })
      case 'select':
        return this.make({ ...expr, operand: again(expr.operand) })
      case 'call':
        return this.make({
          ...expr,
          target: expr.target === undefined ? undefined : again(expr.target),
          args: expr.args.map(again),
        })
      case 'list':
        return this.make({
          ...expr,
          items: expr.items.map((item) => ({ ...item, value: again(item.value) })),
        })
      case 'map':
        return this.make({
          ...expr,
          entries: expr.entries.map((entry) => ({
            ...entry,
            key: again(entry.key),
            value: again(entry.value),
          })),
        })
      case 'struct':
        return this.make({
          ...expr,
          fields: expr.fields.map(({ name, value }) => ({ name, value: again(value) })),
        })
      case 'fold':
        return this.make({
          ...expr,
          range: again(expr.range),
          initial: again(expr.initial),
          condition: again(expr.condition),
          step: again(expr.step),
          result: again(expr.result),
        })
    }
  }
}

/** What is known of the nodes of one expression, by their numbers: a Map would hash each node. */
export class NodeMap<T> {
  readonly #values: (T | undefined)[] = []

  get({ id }: Expr): T | undefined {
    return this.#values[id]
  }

  has({ id }: Expr): boolean {
    return this.#values[id] !== undefined
  }

  set({ id }: Expr, value: T): void {
    // without gaps, since an array with a wide one is a slow table
    while (this.#values.length < id) this.#values.push(undefined)
    this.#values[id] = value
  }
}

const NONE: readonly Expr[] = []

/** Returns the expressions directly below one, in the order in which upstream visits them. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return NONE
    case 'select':
      return [expr.operand]
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args]
    case 'list':
      return expr.items.map(({ value }) => value)
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return expr.fields.map(({ value }) => value)
    case 'fold':
      return [expr.range, expr.initial, expr.condition, expr.step, expr.result]
  }
}

/** Returns all expressions below one and itself, parents first. */
export function everyExpr(expr: Expr): readonly Expr[] {
  const found: Expr[] = []
  const open = [expr]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next)
    const below = childrenOf(next)
    for (let at = below.length - 1; at >= 0; at--) open.push(below[at] as Expr)
  }
  return found
}
