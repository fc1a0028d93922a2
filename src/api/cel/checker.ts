import type { CelNode } from './ast.js'
import { operands, positionOf } from './ast.js'
import type { Issue } from './issues.js'
import type { Overload } from './signature.js'
import type { Bindings, CelType } from './types.js'
import {
  BOOL,
  bound,
  DYN,
  ERROR,
  INT,
  isAssignable,
  joined,
  listOf,
  mapOf,
  STRING,
  typeText,
} from './types.js'

/** Functions by name. */
export type Overloads = ReadonlyMap<string, readonly Overload[]>

/** Variables and functions of an expression. */
export type Variables = ReadonlyMap<string, CelType>

/** The type of an expression, its faults, and the variables that it uses. */
export interface Checked {
  readonly type: CelType
  readonly issues: readonly Issue[]
  readonly used: ReadonlySet<string>
}

/** Checks an expression against its variables and functions. Source: cel-go checker/checker.go. */
export function checkExpression(
  source: string,
  node: CelNode,
  variables: Variables,
  overloads: Overloads,
): Checked {
  const checker = new Checker(source, overloads)
  const type = checker.check(node, new Map(variables))
  return { type, issues: checker.issues, used: checker.used }
}

type Scope = ReadonlyMap<string, CelType>

const OPERATORS: Readonly<Record<string, string>> = {
  '==': '_==_',
  '!=': '_!=_',
  '<': '_<_',
  '<=': '_<=_',
  '>': '_>_',
  '>=': '_>=_',
  '+': '_+_',
  '-': '_-_',
  '*': '_*_',
  '/': '_/_',
  '%': '_%_',
  in: '@in',
  '&&': '_&&_',
  '||': '_||_',
  '!_': '!_',
  '-_': '-_',
}

const QUANTIFIERS = new Set(['all', 'exists', 'exists_one', 'existsOne'])
const TYPE_NAMES = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
])

class Checker {
  readonly issues: Issue[] = []
  readonly used = new Set<string>()
  readonly #source: string
  readonly #overloads: Overloads

  constructor(source: string, overloads: Overloads) {
    this.#source = source
    this.#overloads = overloads
  }

  check(node: CelNode, scope: Scope): CelType {
    switch (node.op) {
      case 'value':
        return literalType(node.args)
      case 'id':
        return this.#identifier(node, node.args as string, scope)
      case '.':
      case '.?':
        return this.#select(node, scope)
      case '[]':
      case '[?]':
        return this.#index(node, scope)
      case 'list':
        return this.#list(node, scope)
      case 'map':
        return this.#map(node, scope)
      case '?:': {
        const [condition, yes, no] = operands(node).map((one) => this.check(one, scope)) as [
          CelType,
          CelType,
          CelType,
        ]
        return this.#resolve(node, '_?_:_', [condition, yes, no])
      }
      case 'call':
        return this.#call(node, scope)
      case 'rcall':
        return this.#member(node, scope)
      case '!_':
      case '-_':
        return this.#resolve(node, node.op, [this.check(node.args as CelNode, scope)])
      default: {
        const name = OPERATORS[node.op] ?? node.op
        return this.#resolve(
          node,
          name,
          operands(node).map((one) => this.check(one, scope)),
        )
      }
    }
  }

  #report(node: CelNode, text: string): CelType {
    this.issues.push({ position: positionOf(node, this.#source), text })
    return ERROR
  }

  #identifier(node: CelNode, name: string, scope: Scope): CelType {
    const type = scope.get(name)
    if (type !== undefined) {
      this.used.add(name)
      return type
    }
    if (TYPE_NAMES.has(name)) return { kind: 'type', item: DYN }
    return this.#report(node, `undeclared reference to '${name}' (in container '')`)
  }

  #select(node: CelNode, scope: Scope): CelType {
    const [operand, field] = node.args as readonly [CelNode, string | CelNode]
    const name = typeof field === 'string' ? field : (field.args as string)
    const type = this.check(operand, scope)
    const found = this.#field(node, type, name)
    return node.op === '.?' && found.kind !== 'optional' ? { kind: 'optional', item: found } : found
  }

  #field(node: CelNode, type: CelType, name: string): CelType {
    switch (type.kind) {
      case 'dyn':
      case 'error':
      case 'param':
        return DYN
      case 'map':
        return type.item
      case 'optional':
        return { kind: 'optional', item: this.#field(node, type.item, name) }
      case 'object':
        return type.fields.get(name) ?? this.#report(node, `undefined field '${name}'`)
      default:
        return this.#report(node, `type '${typeText(type)}' does not support field selection`)
    }
  }

  #index(node: CelNode, scope: Scope): CelType {
    const [operand, index] = operands(node).map((one) => this.check(one, scope)) as [CelType, CelType]
    // an object's field by its name
    if (operand.kind === 'dyn' || operand.kind === 'error') return DYN
    const found = this.#resolve(node, '_[_]', [operand, index])
    return node.op === '[?]' && found.kind !== 'optional' ? { kind: 'optional', item: found } : found
  }

  #list(node: CelNode, scope: Scope): CelType {
    const types = operands(node).map((one) => this.check(one, scope))
    const [first, ...rest] = types
    return listOf(first === undefined ? { kind: 'param', name: '_' } : rest.reduce(joined, first))
  }

  #map(node: CelNode, scope: Scope): CelType {
    const entries = (node.args as readonly (readonly [CelNode, CelNode])[]).map(
      ([key, value]) => [this.check(key, scope), this.check(value, scope)] as const,
    )
    const [first, ...rest] = entries
    if (first === undefined) return mapOf({ kind: 'param', name: '_' }, { kind: 'param', name: '_' })
    return mapOf(
      rest.reduce((type, [key]) => joined(type, key), first[0]),
      rest.reduce((type, [, value]) => joined(type, value), first[1]),
    )
  }

  #call(node: CelNode, scope: Scope): CelType {
    const [name, args] = node.args as readonly [string, readonly CelNode[]]
    if (name === 'has') return this.#has(node, args, scope)
    const types = args.map((one) => this.check(one, scope))
    const candidates = this.#overloads.get(name)?.filter(({ member }) => !member) ?? []
    if (candidates.length === 0)
      return this.#report(node, `undeclared reference to '${name}' (in container '')`)
    return this.#resolve(node, name, types, candidates)
  }

  #has(node: CelNode, args: readonly CelNode[], scope: Scope): CelType {
    const [target] = args
    if (args.length !== 1 || target?.op !== '.') return this.#report(node, 'invalid argument to has() macro')
    this.check(target, scope)
    return BOOL
  }

  #member(node: CelNode, scope: Scope): CelType {
    const [name, receiver, args] = node.args as readonly [string, CelNode, readonly CelNode[]]
    const namespaced =
      receiver.op === 'id' && !scope.has(receiver.args as string)
        ? this.#overloads.get(`${receiver.args as string}.${name}`)
        : undefined
    if (namespaced !== undefined)
      return this.#resolve(
        node,
        `${receiver.args as string}.${name}`,
        args.map((one) => this.check(one, scope)),
        namespaced,
      )
    if (receiver.op === 'id' && receiver.args === 'cel' && name === 'bind' && args.length === 3)
      return this.#bind(node, args, scope)
    const macro = this.#macro(node, name, receiver, args, scope)
    if (macro !== undefined) return macro
    const types = [receiver, ...args].map((one) => this.check(one, scope))
    const candidates = this.#overloads.get(name)?.filter(({ member }) => member) ?? []
    if (candidates.length === 0)
      return this.#report(node, `undeclared reference to '${name}' (in container '')`)
    return this.#resolve(node, name, types, candidates)
  }

  #bind(node: CelNode, args: readonly CelNode[], scope: Scope): CelType {
    const [variable, value, result] = args as readonly [CelNode, CelNode, CelNode]
    if (variable.op !== 'id')
      return this.#report(node, 'cel.bind() variable names must be simple identifiers')
    return this.check(result, new Map([...scope, [variable.args as string, this.check(value, scope)]]))
  }

  /** Comprehensions over one variable and, with two arguments before the predicate, over two. */
  #macro(
    node: CelNode,
    name: string,
    receiver: CelNode,
    args: readonly CelNode[],
    scope: Scope,
  ): CelType | undefined {
    const isOne =
      (QUANTIFIERS.has(name) && args.length === 2) ||
      (name === 'filter' && args.length === 2) ||
      (name === 'map' && (args.length === 2 || args.length === 3))
    const isTwo =
      (QUANTIFIERS.has(name) && args.length === 3) ||
      (/^transform(List|Map|MapEntry)$/.test(name) && (args.length === 3 || args.length === 4))
    if (name === 'optMap' || name === 'optFlatMap')
      return this.#optionalMap(node, name, receiver, args, scope)
    if (!isOne && !isTwo) return undefined
    const range = this.check(receiver, scope)
    const inner = new Map(scope)
    const variables = args.slice(0, isTwo ? 2 : 1)
    const types = this.#ranged(receiver, range, isTwo)
    variables.forEach((variable, at) => {
      if (variable.op === 'id') inner.set(variable.args as string, types[at] ?? DYN)
      else this.#report(variable, 'argument must be a simple name')
    })
    const [first = DYN, second] = args.slice(variables.length).map((one) => this.check(one, inner))
    if (QUANTIFIERS.has(name)) return this.#mustBeBool(args.at(-1) as CelNode, first) ?? BOOL
    if (name === 'filter') return this.#mustBeBool(args[1] as CelNode, first) ?? listOf(types[0] ?? DYN)
    const result = second ?? first
    switch (name) {
      case 'transformMap':
        return mapOf(types[0] ?? DYN, result)
      case 'transformMapEntry':
        return result
      default:
        return listOf(result)
    }
  }

  #optionalMap(
    node: CelNode,
    name: string,
    receiver: CelNode,
    args: readonly CelNode[],
    scope: Scope,
  ): CelType {
    const of = this.check(receiver, scope)
    const [variable, expression] = args
    if (variable?.op !== 'id' || expression === undefined)
      return this.#report(node, `${name}() variable name must be a simple identifier`)
    const item = of.kind === 'optional' ? of.item : DYN
    const result = this.check(expression, new Map([...scope, [variable.args as string, item]]))
    return name === 'optMap' ? { kind: 'optional', item: result } : result
  }

  #mustBeBool(node: CelNode, type: CelType): CelType | undefined {
    if (type.kind === 'bool' || type.kind === 'dyn' || type.kind === 'error') return undefined
    return this.#report(node, `expected type 'bool' but found '${typeText(type)}'`)
  }

  #ranged(node: CelNode, type: CelType, two: boolean): readonly CelType[] {
    switch (type.kind) {
      case 'list':
        return two ? [INT, type.item] : [type.item]
      case 'map':
        return two ? [type.key, type.item] : [type.key]
      case 'dyn':
      case 'error':
      case 'param':
        return [DYN, DYN]
      default:
        this.#report(
          node,
          `expression of type '${typeText(type)}' cannot be range of a comprehension (must be list, ` +
            'map, or dynamic)',
        )
        return [ERROR, ERROR]
    }
  }

  #resolve(
    node: CelNode,
    name: string,
    types: readonly CelType[],
    candidates = this.#overloads.get(name) ?? [],
  ): CelType {
    let result: CelType | undefined
    for (const { parameters, result: type } of candidates) {
      if (parameters.length !== types.length) continue
      const bindings: Bindings = new Map()
      if (!parameters.every((parameter, at) => isAssignable(parameter, types[at] ?? DYN, bindings))) continue
      const one = bound(type, bindings)
      result = result === undefined || typeText(result) === typeText(one) ? one : DYN
    }
    if (result !== undefined) return result
    return this.#report(
      node,
      `found no matching overload for '${name}' applied to ` +
        `'${applied(candidates[0]?.member === true, types)}'`,
    )
  }
}

/** `(int, string)`, or `string.(int)` for a member function. */
function applied(member: boolean, types: readonly CelType[]): string {
  const texts = types.map(typeText)
  return member ? `${texts[0] ?? ''}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`
}

function literalType(value: unknown): CelType {
  switch (typeof value) {
    case 'string':
      return STRING
    case 'boolean':
      return BOOL
    case 'bigint':
      return INT
    case 'number':
      return { kind: 'double' }
    default:
      return value === null
        ? { kind: 'null' }
        : value instanceof Uint8Array
          ? { kind: 'bytes' }
          : { kind: 'uint' }
  }
}
