/** What a program of a client has: the virtual clock, and timers that are steps of the client. */
export interface ProgramClock {
  now(): number
  /** Calls {@link ProgramTimers.fire} with the number after `ms`. */
  arm(id: number, ms: number, isInterval: boolean): void
  disarm(id: number): void
}

/** The start of a program, as what it calls later knows it. */
export interface Start {
  readonly clock: ProgramClock
  /** Whether the program was killed: its timers never fire. */
  isOver: boolean
}

/** Carries the start of a program through its promises. Source: Node's AsyncLocalStorage. */
interface Context {
  run<T>(start: Start, call: () => T): T
  getStore(): Start | undefined
}

interface NodeModules {
  getBuiltinModule?(name: string): Record<string, unknown> | undefined
}

interface Timer {
  readonly start: Start
  readonly call: () => void
  readonly every: number | undefined
}

const builtin = (name: string): Record<string, unknown> | undefined =>
  (globalThis as { readonly process?: NodeModules }).process?.getBuiltinModule?.(name)

/** The smallest delay of a timer in Node, in ms. */
const LEAST = 1

/**
 * Virtual time for programs in this process: `setTimeout`, `setInterval`, `Date` and `timers/promises` of
 * what they call. What others call is not changed.
 */
export class ProgramTimers {
  readonly #context: Context
  readonly #timers = new Map<number, Timer>()
  #next = 1
  #restore: (() => void) | undefined

  constructor() {
    const { AsyncLocalStorage: Storage } = (builtin('node:async_hooks') ?? {}) as {
      readonly AsyncLocalStorage?: new () => Context
    }
    this.#context = Storage === undefined ? new OneContext() : new Storage()
  }

  /** Puts virtual timers in place of the real ones, until {@link uninstall}. */
  install(): void {
    if (this.#restore !== undefined) return
    const real = { setTimeout, setInterval, clearTimeout, clearInterval, Date }
    Object.assign(globalThis, this.#functions(real), { Date: this.#dateOf(real.Date) })
    const restorePromises = this.#patchPromises()
    this.#restore = () => {
      Object.assign(globalThis, real)
      restorePromises()
    }
  }

  uninstall(): void {
    this.#restore?.()
    this.#restore = undefined
  }

  /** Begins a run: its timers are numbered from 1, so that their steps have the same names in each run. */
  begin(): void {
    this.#timers.clear()
    this.#next = 1
  }

  /** Calls a program, which gets virtual time. */
  run<T>(start: Start, call: () => T): T {
    return this.#context.run(start, call)
  }

  /** Calls what a timer is for. */
  fire(id: number): void {
    const timer = this.#timers.get(id)
    if (timer === undefined || timer.start.isOver) return
    const { start, call, every } = timer
    if (every === undefined) this.#timers.delete(id)
    else start.clock.arm(id, every, true)
    this.run(start, call)
  }

  #set(start: Start, call: () => void, ms: unknown, isInterval: boolean): object {
    const id = this.#next++
    const delay = Math.max(Number(ms) || LEAST, LEAST)
    this.#timers.set(id, { start, call, every: isInterval ? delay : undefined })
    if (!start.isOver) start.clock.arm(id, delay, isInterval)
    const handle = {
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh: () => {
        if (this.#timers.get(id)?.start === start) start.clock.arm(id, delay, isInterval)
        return handle
      },
      close: () => this.#clear(start, id),
      [Symbol.toPrimitive]: () => id,
    }
    return handle
  }

  /** Clears a timer of a program; false if it is none. What an earlier run has left over knows no others. */
  #clear(start: Start | undefined, handle: unknown): boolean {
    const id = Number(handle)
    const timer = this.#timers.get(id)
    if (timer === undefined || timer.start !== start) return false
    this.#timers.delete(id)
    start.clock.disarm(id)
    return true
  }

  #functions(
    real: Pick<typeof globalThis, 'setTimeout' | 'setInterval' | 'clearTimeout' | 'clearInterval'>,
  ): object {
    type Set = (
      call: (...args: readonly unknown[]) => void,
      ms?: unknown,
      ...args: readonly unknown[]
    ) => unknown
    const set =
      (original: Set, isInterval: boolean): Set =>
      (call, ms, ...args) => {
        const start = this.#context.getStore()
        return start === undefined
          ? original(call, ms, ...args)
          : this.#set(start, () => call(...args), ms, isInterval)
      }
    const clear =
      (original: (handle: unknown) => void) =>
      (handle: unknown): void => {
        if (!this.#clear(this.#context.getStore(), handle)) original(handle)
      }
    const promised = Symbol.for('nodejs.util.promisify.custom')
    const timeout = Object.assign(set(real.setTimeout as Set, false), {
      [promised]: (ms: number, value: unknown) =>
        // bounded: a program under test waits as long as it wants
        new Promise((resolve) => void setTimeout(resolve, ms, value)),
    })
    return {
      setTimeout: timeout,
      setInterval: set(real.setInterval as Set, true),
      clearTimeout: clear(real.clearTimeout as (handle: unknown) => void),
      clearInterval: clear(real.clearInterval as (handle: unknown) => void),
    }
  }

  #dateOf(Real: DateConstructor): DateConstructor {
    const now = (): number => this.#context.getStore()?.clock.now() ?? Real.now()
    return class extends Real {
      constructor(...args: readonly unknown[]) {
        super(...((args.length === 0 ? [now()] : args) as [number]))
      }

      static override now(): number {
        return now()
      }
    } as DateConstructor
  }

  /** `setTimeout` of node:timers/promises, for those who import it. */
  #patchPromises(): () => void {
    const promises = builtin('node:timers/promises')
    const { syncBuiltinESMExports: sync } = (builtin('node:module') ?? {}) as {
      readonly syncBuiltinESMExports?: () => void
    }
    if (promises === undefined || sync === undefined) return () => undefined
    const original = promises['setTimeout'] as (...args: readonly unknown[]) => Promise<unknown>
    promises['setTimeout'] = (ms: number, value: unknown, ...rest: readonly unknown[]): Promise<unknown> =>
      this.#context.getStore() === undefined
        ? original(ms, value, ...rest)
        : // bounded: a program under test waits as long as it wants
          new Promise((resolve) => void setTimeout(resolve, ms, value))
    sync()
    return () => {
      promises['setTimeout'] = original
      sync()
    }
  }
}

/** Where nothing carries a context: all that runs between is of the program that was started last. */
class OneContext implements Context {
  #start: Start | undefined

  run<T>(start: Start, call: () => T): T {
    this.#start = start
    return call()
  }

  getStore(): Start | undefined {
    return this.#start
  }
}
