/** A function that the simulation calls has returned a promise, which nothing would wait for. */
export class AsyncError extends TypeError {
  override readonly name: string = 'AsyncError'
}

/** Whether a value is a promise, or anything else that `await` would wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

const AT_ONCE = 'Everything in a simulation returns at once: leave out async and await'

/**
 * Returns what a function of a user has returned. `who` names the function and its component, `instead` says
 * what to write.
 * @throws AsyncError if it is a promise
 */
export function synchronous<T>(result: T, who: string, instead: string = AT_ONCE): T {
  if (result === undefined || !isThenable(result)) return result
  // its rejection would end the process before anybody reads this error
  result.then(undefined, () => undefined)
  throw new AsyncError(`${who} must not be async; it returned a promise. ${instead}`)
}

const ASYNC = /^\[object Async(?:Generator)?Function\]$/

/** Whether a function is declared `async`. One that only returns a promise is not. */
export const isAsyncFunction = (value: unknown): boolean => ASYNC.test(Object.prototype.toString.call(value))

/** Returns the names of an object's methods, with those of its classes. */
export function methodsOf(object: object): readonly string[] {
  const names = new Set<string>()
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
  return [...names]
}

/** Returns the object with methods that refuse to be async; `who` names it in the error. */
export function synchronousMethods<T extends object>(object: T, who: string): T {
  const checked: T = Object.create(object)
  for (const name of methodsOf(object)) {
    const method = object[name as keyof T] as (...args: unknown[]) => unknown
    const call = (...args: unknown[]): unknown => synchronous(method.apply(object, args), `${who}: ${name}`)
    Object.defineProperty(checked, name, { value: call, enumerable: true })
  }
  return checked
}
