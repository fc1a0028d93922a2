import { ApiError, ConnectionError } from '../client/api-error.js'
import { isFailure } from '../kubectl/index.js'

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Makes the stacks of errors that the methods of a class throw begin where they were called, so that a test
 * runner shows the line of the test. Only of errors that a user can cause; the others are bugs, whose stacks
 * tell where. `own` gets the methods, by default the class that has them.
 */
export function throwAtCaller(methods: object, own: object = methods): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
    if (typeof value !== 'function' || name === 'constructor') continue
    const method = value as Method
    Object.defineProperty(own, name, { value: fromCaller(method), writable: true, configurable: true })
  }
}

function fromCaller(method: Method): Method {
  return function called(this: unknown, ...args: unknown[]): unknown {
    try {
      return method.apply(this, args)
    } catch (error) {
      if (error instanceof ApiError || error instanceof ConnectionError || isFailure(error))
        // only V8 and newer browsers have it
        (Error as Partial<ErrorConstructor>).captureStackTrace?.(error as Error, called)
      throw error
    }
  }
}
