import type { Environment } from '@marcbachmann/cel-js'

/** A function of a library, for the checker and for the evaluator. */
export interface LibraryFunction {
  /** Overloads, as the checker reads them. */
  readonly check: readonly string[]
  /** Overloads as the evaluator registers them; absent for those that it has built in. */
  readonly run?: readonly string[]
  readonly handler?: (...values: never[]) => unknown
  /** Whether the name has a dot (`sets.contains`) and is not a member function. */
  readonly namespaced?: boolean
}

/** A library of functions, with the classes of its own values. */
export interface Library {
  readonly types?: Readonly<Record<string, new (...values: never[]) => object>>
  readonly functions: readonly LibraryFunction[]
  /** Equality of values of the library's own types, by type. */
  readonly equal?: Readonly<Record<string, (a: never, b: never) => boolean>>
}

/** Registers the functions with the evaluator. */
export function registerLibrary(
  environment: Environment,
  { types = {}, functions, equal = {} }: Library,
): void {
  for (const [name, constructor] of Object.entries(types))
    environment.registerType(name, constructor as never)
  for (const [name, same] of Object.entries(equal))
    environment.registerOperator(`${name} == ${name}`, same as never)
  for (const { run = [], handler } of functions) {
    for (const signature of run) environment.registerFunction(signature, handler as never)
  }
}

/** A function whose checked and run overloads are the same. */
export function fn(
  signature: string | readonly string[],
  handler: (...values: never[]) => unknown,
): LibraryFunction {
  const list = typeof signature === 'string' ? [signature] : signature
  return { check: list, run: list, handler }
}

/** An error at run time; the message is cel-go's or the library's. */
export class CelFault extends Error {
  override readonly name = 'CelFault'
}
