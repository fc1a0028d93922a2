import type { CelType } from './types.js'
import { DYN, isSameType, mapOf, parametersOf, typeName } from './types.js'

/** What is known of type parameters. */
export class Bindings {
  readonly #types = new Map<string, CelType>()
  /** What has changed since the last attempt began: a copy for each would cost the square of all. */
  readonly #changes: (readonly [name: string, before: CelType | undefined])[] = []

  get(name: string): CelType | undefined {
    return this.#types.get(name)
  }

  set(name: string, type: CelType): void {
    this.#changes.push([name, this.#types.get(name)])
    this.#types.set(name, type)
  }

  /**
   * Whether values of the types `actual` can be used as those `wanted`, one by one. What that shows of type
   * parameters is kept if they can. Source: cel-go checker/types.go isAssignable.
   */
  assign(wanted: readonly CelType[], actual: readonly CelType[]): boolean {
    this.#changes.length = 0
    if (isAssignableAll(this, wanted, actual)) return true
    this.undo()
    return false
  }

  /** Forgets what the last {@link assign} has shown. */
  undo(): void {
    for (const [name, before] of this.#changes.toReversed()) {
      if (before === undefined) this.#types.delete(name)
      else this.#types.set(name, before)
    }
    this.#changes.length = 0
  }
}

const isDyn = ({ kind }: CelType): boolean => kind === 'dyn'
const isLoose = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'error'

function isAssignableAll(learned: Bindings, wanted: readonly CelType[], actual: readonly CelType[]): boolean {
  return (
    wanted.length === actual.length &&
    wanted.every((one, at) => isAssignable(learned, one, actual[at] ?? DYN))
  )
}

function isAssignable(learned: Bindings, a: CelType, b: CelType): boolean {
  if (a === b) return true
  if (b.kind === 'param') {
    const { isValid, isKnown } = bind(learned, a, b)
    if (isValid) return true
    if (isKnown) return false
  }
  if (a.kind === 'param') return bind(learned, b, a).isValid
  if (isLoose(a) || isLoose(b)) return true
  if (a.kind === 'null') return isNullable(b)
  if (b.kind === 'null') return isNullable(a)
  if (a.kind === 'type') return b.kind === 'type'
  if (a.kind !== b.kind) return isOneName(a, b)
  return typeName(a) === typeName(b) && isAssignableAll(learned, parametersOf(a), parametersOf(b))
}

/** A variable of a library's type may have fields: the authorizer. */
function isOneName(a: CelType, b: CelType): boolean {
  return isNamed(a) && isNamed(b) && typeName(a) === typeName(b)
}

const isNamed = ({ kind }: CelType): boolean => kind === 'opaque' || kind === 'object'

const NULLABLE = new Set<CelType['kind']>(['null', 'opaque', 'optional', 'object', 'duration', 'timestamp'])
const isNullable = ({ kind }: CelType): boolean => NULLABLE.has(kind)

/** Source: isValidTypeSubstitution. */
function bind(
  learned: Bindings,
  type: CelType,
  parameter: Extract<CelType, { kind: 'param' }>,
): { readonly isValid: boolean; readonly isKnown: boolean } {
  if (isSameType(type, parameter)) return { isValid: true, isKnown: true }
  const known = learned.get(parameter.name)
  if (known === undefined) {
    const isFree = isFreeOf(learned, parameter, type)
    if (isFree) learned.set(parameter.name, type)
    return { isValid: isFree, isKnown: false }
  }
  if (isSameType(type, known)) return { isValid: true, isKnown: true }
  if (!isAssignable(learned, type, known)) return { isValid: false, isKnown: true }
  const general = mostGeneral(type, known)
  if (isFreeOf(learned, parameter, general)) learned.set(parameter.name, general)
  return { isValid: true, isKnown: true }
}

function isFreeOf(learned: Bindings, parameter: CelType, within: CelType): boolean {
  if (isSameType(parameter, within)) return false
  if (within.kind === 'param') {
    const known = learned.get(within.name)
    return known === undefined || isFreeOf(learned, parameter, known)
  }
  return parametersOf(within).every((one) => isFreeOf(learned, parameter, one))
}

/** Returns the type that holds the values of both. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isAsGeneral(a, b) ? a : b
}

/** Source: isEqualOrLessSpecific. */
function isAsGeneral(a: CelType, b: CelType): boolean {
  if (isDyn(a) || a.kind === 'param') return true
  if (isDyn(b) || b.kind === 'param' || a.kind !== b.kind) return false
  if (a.kind === 'type') return true
  const others = parametersOf(b)
  return (
    typeName(a) === typeName(b) && parametersOf(a).every((one, at) => isAsGeneral(one, others[at] ?? DYN))
  )
}

/** Replaces type parameters by what is known of them; with `whole`, unknown ones are dyn. */
export function substitute(bindings: Pick<Bindings, 'get'>, type: CelType, whole = false): CelType {
  switch (type.kind) {
    case 'param': {
      const known = bindings.get(type.name)
      if (known !== undefined) return substitute(bindings, known, whole)
      return whole ? DYN : type
    }
    case 'list':
    case 'optional':
    case 'type': {
      const item = substitute(bindings, type.item, whole)
      return item === type.item ? type : { kind: type.kind, item }
    }
    case 'map': {
      const [key, item] = [substitute(bindings, type.key, whole), substitute(bindings, type.item, whole)]
      return key === type.key && item === type.item ? type : mapOf(key, item)
    }
    default:
      return type
  }
}
