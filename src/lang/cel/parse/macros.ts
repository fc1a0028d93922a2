import type { Expr, Nodes } from './ast.js'
import type { Value } from '../values.js'

/** The accumulator of quantifiers and of `map` and `filter`: no expression can name it. */
export const ACCUMULATOR = '@result'
/** The iteration variable of comprehensions that only bind a value. */
export const UNUSED = '#unused'

/** Where macros expand. */
export interface Site {
  readonly nodes: Nodes
  /** The position of the macro's parenthesis, which all that it makes gets. */
  readonly position: number
  /** Whether cel-go's list library is there. */
  readonly lists: boolean
  /** Whether cel-go's bindings are there. */
  readonly bindings: boolean
}

/** A macro whose arguments it cannot take. */
export class MacroError extends Error {
  readonly position: number

  constructor(position: number, message: string) {
    super(message)
    this.position = position
  }
}

/** Makes nodes at the place of a macro. */
class Maker {
  readonly site: Site

  constructor(site: Site) {
    this.site = site
  }

  literal(value: Value): Expr {
    return this.site.nodes.make({ kind: 'literal', position: this.site.position, value })
  }

  ident(name: string): Expr {
    return this.site.nodes.make({ kind: 'ident', position: this.site.position, name })
  }

  call(name: string, ...args: readonly Expr[]): Expr {
    return this.site.nodes.make({ kind: 'call', position: this.site.position, name, target: undefined, args })
  }

  member(name: string, target: Expr, ...args: readonly Expr[]): Expr {
    return this.site.nodes.make({ kind: 'call', position: this.site.position, name, target, args })
  }

  list(...values: readonly Expr[]): Expr {
    const items = values.map((value) => ({ value, optional: false }))
    return this.site.nodes.make({ kind: 'list', position: this.site.position, items })
  }

  fold(parts: Pick<Extract<Expr, { kind: 'fold' }>, FoldPart>): Expr {
    return this.site.nodes.make({ kind: 'fold', position: this.site.position, ...parts })
  }

  /** A comprehension without range that binds a value: the accumulator is the variable. */
  bind(name: string, value: Expr, result: Expr): Expr {
    return this.fold({
      range: this.list(),
      variable: UNUSED,
      second: undefined,
      accumulator: name,
      initial: value,
      condition: this.literal(false),
      step: this.ident(name),
      result,
    })
  }

  get accumulated(): Expr {
    return this.ident(ACCUMULATOR)
  }
}

type FoldPart = 'range' | 'variable' | 'second' | 'accumulator' | 'initial' | 'condition' | 'step' | 'result'

/** The variables of a comprehension. */
interface Variables {
  readonly variable: string
  readonly second: string | undefined
}

type Expander = (make: Maker, target: Expr, args: readonly Expr[]) => Expr | undefined

/**
 * Expands a macro, or returns undefined if the call is none. Throws MacroError. Sources: cel-go
 * parser/macro.go, ext/comprehensions.go, ext/lists.go, cel/library.go.
 */
export function expandMacro(
  site: Site,
  name: string,
  target: Expr | undefined,
  args: readonly Expr[],
): Expr | undefined {
  const make = new Maker(site)
  if (target === undefined)
    return name === 'has' && args.length === 1 ? presence(site, args[0] as Expr) : undefined
  const key = `${name}/${args.length}`
  if (key === 'sortBy/2' && !site.lists) return undefined
  if (key === 'bind/3') return site.bindings && isNamed(target, 'cel') ? binding(make, args) : undefined
  return Object.hasOwn(MACROS, key) ? MACROS[key]?.(make, target, args) : undefined
}

const isNamed = (expr: Expr, name: string): boolean => expr.kind === 'ident' && expr.name === name

/** `cel.bind(name, value, result)`. Source: ext/bindings.go. */
function binding(make: Maker, args: readonly Expr[]): Expr {
  const name = nameOf(args[0] as Expr, 'cel.bind() variable names must be simple identifiers')
  return make.bind(name, args[1] as Expr, args[2] as Expr)
}

function presence({ nodes, position }: Site, of: Expr): Expr {
  if (of.kind !== 'select' || of.isTest) throw new MacroError(of.position, 'invalid argument to has() macro')
  return nodes.make({ kind: 'select', position, operand: of.operand, field: of.field, isTest: true })
}

function nameOf(expr: Expr, fault: string): string {
  if (expr.kind !== 'ident') throw new MacroError(expr.position, fault)
  return expr.name
}

function refuseAccumulator(name: string, { position }: Expr): void {
  if (name === ACCUMULATOR || name === '__result__')
    throw new MacroError(position, 'iteration variable overwrites accumulator variable')
}

function oneVariable(arg: Expr, fault = 'argument must be a simple name'): Variables {
  const variable = nameOf(arg, fault)
  refuseAccumulator(variable, arg)
  return { variable, second: undefined }
}

function twoVariables(first: Expr, other: Expr): Variables {
  const variable = nameOf(first, 'argument must be a simple name')
  const second = nameOf(other, 'argument must be a simple name')
  if (variable === second) throw new MacroError(other.position, `duplicate variable name: ${variable}`)
  refuseAccumulator(variable, first)
  refuseAccumulator(second, other)
  return { variable, second }
}

type Quantifier = (
  make: Maker,
  predicate: Expr,
) => Pick<Extract<Expr, { kind: 'fold' }>, 'initial' | 'condition' | 'step' | 'result'>

const all: Quantifier = (make, predicate) => ({
  initial: make.literal(true),
  condition: make.call('@not_strictly_false', make.accumulated),
  step: make.call('_&&_', make.accumulated, predicate),
  result: make.accumulated,
})

const exists: Quantifier = (make, predicate) => ({
  initial: make.literal(false),
  condition: make.call('@not_strictly_false', make.call('!_', make.accumulated)),
  step: make.call('_||_', make.accumulated, predicate),
  result: make.accumulated,
})

const existsOne: Quantifier = (make, predicate) => ({
  initial: make.literal(0n),
  condition: make.literal(true),
  step: make.call('_?_:_', predicate, make.call('_+_', make.accumulated, make.literal(1n)), make.accumulated),
  result: make.call('_==_', make.accumulated, make.literal(1n)),
})

function quantified(quantifier: Quantifier): Expander {
  return (make, range, args) => {
    const variables =
      args.length === 2 ? oneVariable(args[0] as Expr) : twoVariables(args[0] as Expr, args[1] as Expr)
    return make.fold({
      range,
      ...variables,
      accumulator: ACCUMULATOR,
      ...quantifier(make, args.at(-1) as Expr),
    })
  }
}

/** A comprehension that adds to a list or map what `step` makes, if the filter holds. */
function collected(
  make: Maker,
  {
    range,
    variables,
    initial,
    filter,
    step,
  }: {
    readonly range: Expr
    readonly variables: Variables
    readonly initial: Expr
    readonly filter: Expr | undefined
    readonly step: Expr
  },
): Expr {
  return make.fold({
    range,
    ...variables,
    accumulator: ACCUMULATOR,
    initial,
    condition: make.literal(true),
    step: filter === undefined ? step : make.call('_?_:_', filter, step, make.accumulated),
    result: make.accumulated,
  })
}

const NO_IDENTIFIER = 'argument is not an identifier'

const map: Expander = (make, range, args) => {
  const variables = oneVariable(args[0] as Expr, NO_IDENTIFIER)
  const filter = args.length === 3 ? (args[1] as Expr) : undefined
  const initial = make.list()
  const step = make.call('_+_', make.accumulated, make.list(args.at(-1) as Expr))
  return collected(make, { range, variables, initial, filter, step })
}

const filter: Expander = (make, range, args) => {
  const variables = oneVariable(args[0] as Expr, NO_IDENTIFIER)
  const step = make.call('_+_', make.accumulated, make.list(args[0] as Expr))
  return collected(make, { range, variables, initial: make.list(), filter: args[1] as Expr, step })
}

/** The `transform...` macros: `step` makes a step from the first variable and the transformed value. */
function transformed(
  empty: (make: Maker) => Expr,
  step: (make: Maker, variable: string, value: Expr) => Expr,
): Expander {
  return (make, range, args) => {
    const variables = twoVariables(args[0] as Expr, args[1] as Expr)
    return collected(make, {
      range,
      variables,
      initial: empty(make),
      filter: args.length === 4 ? (args[2] as Expr) : undefined,
      step: step(make, variables.variable, args.at(-1) as Expr),
    })
  }
}

const emptyMap = ({ site }: Maker): Expr =>
  site.nodes.make({ kind: 'map', position: site.position, entries: [] })

const transformList = transformed(
  (make) => make.list(),
  (make, _, value) => make.call('_+_', make.accumulated, make.list(value)),
)
const transformMap = transformed(emptyMap, (make, variable, value) =>
  make.call('cel.@mapInsert', make.accumulated, make.ident(variable), value),
)
const transformMapEntry = transformed(emptyMap, (make, _, value) =>
  make.call('cel.@mapInsert', make.accumulated, value),
)

/** `optMap` and `optFlatMap`: the value of the optional is a variable of the expression. */
function optionalMap(macro: string, wrap: (make: Maker, value: Expr) => Expr): Expander {
  return (make, target, args) => {
    const name = nameOf(args[0] as Expr, `${macro}() variable name must be a simple identifier`)
    const value = make.member('value', make.site.nodes.copy(target))
    return make.call(
      '_?_:_',
      make.member('hasValue', target),
      wrap(make, make.bind(name, value, args[1] as Expr)),
      make.call('optional.none'),
    )
  }
}

const SORTED = '@__sortBy_input__'
const SORTABLE = new Set(['list', 'select', 'ident', 'fold', 'call'])

const sortBy: Expander = (make, target, args) => {
  if (!SORTABLE.has(target.kind)) {
    const text = 'sortBy can only be applied to a list, identifier, comprehension, call or select expression'
    throw new MacroError(target.position, text)
  }
  const keys = map(make, make.ident(SORTED), args) as Expr
  return make.bind(SORTED, target, make.member('@sortByAssociatedKeys', make.ident(SORTED), keys))
}

const MACROS: Readonly<Record<string, Expander>> = {
  'all/2': quantified(all),
  'all/3': quantified(all),
  'exists/2': quantified(exists),
  'exists/3': quantified(exists),
  'exists_one/2': quantified(existsOne),
  'exists_one/3': quantified(existsOne),
  'existsOne/2': quantified(existsOne),
  'existsOne/3': quantified(existsOne),
  'map/2': map,
  'map/3': map,
  'filter/2': filter,
  'transformList/3': transformList,
  'transformList/4': transformList,
  'transformMap/3': transformMap,
  'transformMap/4': transformMap,
  'transformMapEntry/3': transformMapEntry,
  'transformMapEntry/4': transformMapEntry,
  'optMap/2': optionalMap('optMap', (make, value) => make.call('optional.of', value)),
  'optFlatMap/2': optionalMap('optFlatMap', (_, value) => value),
  'sortBy/2': sortBy,
}
