import { argumentsCheck, type ArgumentCheck, type Arguments } from '../api/checked-input.js'
import { InputError } from '../lang/input-error.js'
import { ApiError, ConnectionError } from '../client/api-error.js'
import { isFailure } from '../kubectl/index.js'

type Method = (this: unknown, ...args: unknown[]) => unknown

/** What a method must be given: a call as an example, and its arguments. */
export interface MethodInput {
  readonly example: string
  readonly args: () => Arguments
}

/** The inputs of methods, by their names. */
export type MethodInputs = Readonly<Record<string, MethodInput>>

/**
 * Makes the methods of a class check what they are given, and the stacks of errors that a user can cause
 * begin where the method was called, so that a test runner shows the line of the test. Other errors are bugs,
 * whose stacks tell where. `own` gets the methods, by default the class that has them.
 */
export function throwAtCaller(methods: object, inputs: MethodInputs = {}, own: object = methods): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
    if (typeof value !== 'function' || name === 'constructor') continue
    const method = fromCaller(value as Method, checkOf(name, inputs[name]))
    Object.defineProperty(own, name, { value: method, writable: true, configurable: true })
  }
}

/** Makes functions of an object, such as static methods of a class, check what they are given. */
export function checkArguments(owner: object, inputs: MethodInputs): void {
  for (const [name, input] of Object.entries(inputs)) {
    const method: unknown = Reflect.get(owner, name)
    if (typeof method !== 'function') throw new Error(`assertion failed: there is no ${name}`)
    const value = fromCaller(method as Method, checkOf(name, input))
    Object.defineProperty(owner, name, { value, writable: true, configurable: true })
  }
}

function checkOf(name: string, input: MethodInput | undefined): ArgumentCheck | undefined {
  return input && argumentsCheck(`${name}()`, input.example, input.args)
}

function fromCaller(method: Method, check: ArgumentCheck | undefined): Method {
  return function called(this: unknown, ...args: unknown[]): unknown {
    try {
      check?.(args)
      return method.apply(this, args)
    } catch (error) {
      if (isOfCaller(error))
        // only V8 and newer browsers have it
        (Error as Partial<ErrorConstructor>).captureStackTrace?.(error as Error, called)
      throw error
    }
  }
}

const isOfCaller = (error: unknown): boolean =>
  error instanceof ApiError ||
  error instanceof ConnectionError ||
  error instanceof InputError ||
  isFailure(error)
