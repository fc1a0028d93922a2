import type { Signature } from '../check/signature.js'
import { parseSignature } from '../check/signature.js'
import type { CelType } from '../check/types.js'
import { typeName } from '../check/types.js'
import {
  CelError,
  isError,
  ListValue,
  MapValue,
  NO_OVERLOAD,
  noSuchOverload,
  typeNameOf,
  type Value,
} from '../values.js'

/** Runs a function on its arguments, the receiver first. */
export type Run = (...values: readonly never[]) => Value

/** One overload of a function. */
export interface Overload extends Signature {
  /** Upstream's name of the overload if costs depend on it, else the signature. */
  readonly id: string
  readonly run: Run | undefined
}

/** A function with its overloads, in the order in which they are tried. */
export interface CelFunction {
  readonly name: string
  readonly overloads: readonly Overload[]
  /** Runs all overloads, if they share an implementation. */
  readonly run: Run | undefined
  /** Whether the first argument has what `run` needs; else there is no such overload. */
  readonly accepts: ((value: Value) => boolean) | undefined
  /** Whether it takes errors as arguments. */
  readonly takesErrors: boolean
}

/** The functions of an environment, by name. */
export type Functions = ReadonlyMap<string, CelFunction>

/** Functions with an implementation for each overload, by signature, or by signature and id. */
export type Definitions = Readonly<Record<string, Run | readonly [id: string, run: Run]>>

/** Collects libraries. */
export class FunctionTable {
  readonly #functions = new Map<string, { -readonly [K in keyof CelFunction]: CelFunction[K] }>()

  /** Adds overloads with an implementation each. */
  define(definitions: Definitions): this {
    for (const [text, definition] of Object.entries(definitions)) {
      const [id, run] = typeof definition === 'function' ? [text, definition] : definition
      this.#add(text, id, run)
    }
    return this
  }

  /**
   * Adds overloads that share an implementation. A signature may have an id in front: `add_string=
   * _+_(string, string): string`.
   */
  share(
    signatures: readonly string[],
    run: Run | undefined,
    { accepts, takesErrors = false }: Partial<Pick<CelFunction, 'accepts' | 'takesErrors'>> = {},
  ): this {
    for (const text of signatures) {
      const match = /^(\w+)= (.*)$/s.exec(text)
      const entry = this.#add(match?.[2] ?? text, match?.[1] ?? text, undefined)
      entry.run = run
      entry.accepts = accepts
      entry.takesErrors = takesErrors
    }
    return this
  }

  #add(
    text: string,
    id: string,
    run: Run | undefined,
  ): { -readonly [K in keyof CelFunction]: CelFunction[K] } {
    const overload: Overload = { ...parseSignature(text), id, run }
    const { name } = overload
    const known = this.#functions.get(name)
    const entry = known ?? { name, overloads: [], run: undefined, accepts: undefined, takesErrors: false }
    entry.overloads = [...entry.overloads, overload]
    this.#functions.set(name, entry)
    return entry
  }

  get functions(): Functions {
    return this.#functions
  }
}

/** Whether a value fits a parameter's type; of lists and maps the first member counts. */
export function fits(type: CelType, value: Value): boolean {
  if (type.kind === 'param' || type.kind === 'dyn') return true
  if (typeName(type) !== typeNameOf(value)) return false
  if (type.kind === 'list' && value instanceof ListValue)
    return value.size === 0 || fits(type.item, value.at(0))
  if (type.kind === 'map' && value instanceof MapValue) {
    const [key] = value.keys()
    return key === undefined || (fits(type.key, key) && fits(type.item, value.find(key) ?? null))
  }
  return true
}

const fitsAll = ({ parameters }: Overload, values: readonly Value[]): boolean =>
  parameters.length === values.length && parameters.every((type, at) => fits(type, values[at] ?? null))

/**
 * Calls a function: by the overload that the checker found, or else by the first that fits. Sources: cel-go
 * interpreter/interpretable.go, common/decls/decls.go.
 */
export function call(
  { name, overloads, run, accepts, takesErrors }: CelFunction,
  found: Overload | undefined,
  values: readonly Value[],
): Value {
  if (!takesErrors) {
    const error = values.find(isError)
    if (error !== undefined) return error
  }
  if (run !== undefined) {
    if (accepts !== undefined && !accepts(values[0] ?? null)) return unaccepted(name, values[0] ?? null)
    return run(...(values as never[]))
  }
  const overload =
    found?.run !== undefined
      ? fitsAll(found, values)
        ? found
        : undefined
      : overloads.find((one) => fitsAll(one, values))
  return overload?.run === undefined ? noSuchOverload(name, values) : overload.run(...(values as never[]))
}

/** Strings and times have functions of their own, whose faults name no function. */
function unaccepted(name: string, value: Value): CelError {
  const hasOwn = typeof value === 'string' || typeNameOf(value).startsWith('google.protobuf.')
  return hasOwn ? NO_OVERLOAD : new CelError(`no such overload: ${name}`)
}
