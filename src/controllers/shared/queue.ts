import { InputError } from '../../lang/input-error.js'
import { isMap } from '../../lang/json/maps.js'
import { toMillis } from '../../sim/duration.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import { subjectOf } from '../../client/heartbeats.js'
import type { Informer } from '../../client/informers/informer.js'
import type { QuietCalls, QuietLeap, Slice } from '../../sim/modules/module.js'
import { synchronous } from '../../lang/synchronous.js'
import type { WorkQueue, WorkQueueOptions } from '../../sim/modules/work-queue.js'

/**
 * Interval at which a controller checks whether its informers are synced, in ms. Source: client-go
 * WaitForCacheSync.
 */
const SYNC_POLL = 100

/**
 * Number of consecutive retries that `settle()` waits for: 5, 10, 20, ... ms, 1.3 s in all. A key that fails
 * more often (because of a quota or an admission policy) will not recover by itself, and waiting for it would
 * keep `settle()` from returning.
 */
const WORK_RETRIES = 8

const WITHOUT_AWAIT =
  'Write reconcile(key) { ... } without async: host.client returns objects at once, without await'

/** Whether a function returns what a reconciler of controller-runtime does: `{ requeueAfter: '5m' }`. */
const isResult = (value: unknown): value is object =>
  isMap(value) && Object.keys(value).some((key) => /^requeue/i.test(key))

const unreadResult = (controller: string, result: object): string =>
  `${controller}: reconcile returned ${JSON.stringify(result)}, and nothing reads it. Write for example: ` +
  "queue.addAfter(key, '5m')"

/** Options of a controller's work queue; the back-off is client-go's by default. */
export interface QueueOptions extends Pick<
  WorkQueueOptions,
  'baseDelay' | 'maxDelay' | 'maxRetries' | 'workRetries'
> {
  /** Default `queue`. */
  readonly name?: string
  /**
   * Whether keys wait until all informers are synced. Default true. Where it is false, keys that keep failing
   * also keep `settle()` waiting.
   */
  readonly waitsForSync?: boolean
}

/**
 * Creates a controller's work queue: keys wait until all `informers` are synced, a failed `sync` is retried
 * with back-off, and a success resets the back-off. Source: the worker loop (processNextWorkItem) of every
 * controller in kube-controller-manager.
 */
export function reconcileQueue(
  host: ComponentHost,
  informers: readonly { readonly synced: boolean; readonly cutOff: boolean }[],
  sync: (key: string) => void,
  { name = 'queue', waitsForSync = true, ...backOff }: QueueOptions = {},
): WorkQueue {
  // while the component is cut off, the list cannot arrive, so `settle()` must not wait for it
  const pollClass = (): 'work' | 'watchdog' =>
    informers.some((informer) => informer.cutOff) ? 'watchdog' : 'work'
  const queue: WorkQueue = host.workQueue(
    name,
    (key) => {
      if (waitsForSync && !informers.every((informer) => informer.synced))
        return queue.addAfter(key, SYNC_POLL, { class: pollClass() })
      const result = synchronous<unknown>(sync(key), `${host.name}: reconcile`, WITHOUT_AWAIT)
      if (isResult(result)) throw new InputError(unreadResult(host.name, result))
      queue.forget(key)
    },
    { ...(waitsForSync ? { workRetries: WORK_RETRIES } : {}), ...backOff },
  )
  return queue
}

/** The part of an informer that tells whether its first list has been delivered. */
type Synced = Pick<Informer<never>, 'synced' | 'resource'>

/** Virtual ms of a period from which passes are made between leaps, since they cost nothing then. */
const RARE = 600_000

/** The passes of a quiet spell, see `QuietCalls`. */
export interface QuietPasses extends Pick<QuietCalls, 'accepts' | 'leave'> {
  /** Default: a pass does nothing. */
  pass?(now: number): void
  /** Whether passes may be leapt, see `QuietLeap`, and the ms until that settles. Default: no. */
  readonly leap?: Omit<QuietLeap, 'next'>
}

/**
 * Runs `pass` every `period` ms of virtual time, the first time as soon as all `informers` are synced:
 * wait.UntilWithContext as data. The timer is a watchdog, so `settle()` does not wait for it. A failed
 * request is logged and ends the pass; the next pass runs on schedule. `joinQuiet` is the quiet form of a
 * pass, if it has one, see `QuietForm`. Such a pass depends on nothing but the informers and the component.
 */
export function runPeriodically(
  host: ComponentHost,
  name: string,
  period: number,
  informers: readonly Synced[],
  pass: () => void,
  joinQuiet?: () => QuietPasses | undefined,
): void {
  const started = host.state<boolean>(`${name}/started`, () => false)
  const isReady = (): boolean => informers.every((informer) => informer.synced)
  const handler = (): void => {
    const ready = isReady()
    topic.wakeAfter('', ready ? period : SYNC_POLL, { class: 'watchdog' })
    if (ready) attempt(host, name, pass)
  }
  const join = (): QuietCalls | undefined => {
    const passes = isReady() ? joinQuiet?.() : undefined
    if (passes === undefined) return undefined
    const call = (now: number): number => {
      passes.pass?.(now)
      return now + period
    }
    const { leap, ...rest } = passes
    return { call, ...rest, ...(leap && { leap: period > RARE ? leap : { next: call, ...leap } }) }
  }
  const subjects = informers.map(({ resource }) => subjectOf(resource))
  const topic = host.handle(name, handler, joinQuiet && { quiet: { join, heeds: 'subject', subjects } })
  if (started.value) return
  started.value = true
  topic.wake('')
}

/** Whether `error` is a failed request, which a controller logs and retries; any other error is a bug. */
export function isRequestFailure(error: unknown): error is ApiError | ConnectionError {
  return error instanceof ApiError || error instanceof ConnectionError
}

/**
 * Runs `call` and returns whether it succeeded; a failed request is logged with the prefix `what`, any other
 * error is rethrown. Meant for periodic work, where the next pass is the retry.
 */
export function attempt(host: ComponentHost, what: string, call: () => void): boolean {
  try {
    call()
    return true
  } catch (error) {
    if (!isRequestFailure(error)) throw error
    host.log('error', `${what}: ${error.message}`)
    return false
  }
}

/** client-go's default exponential back-off, in ms. */
const BASE_DELAY = 5
const MAX_DELAY = 1_000_000

/**
 * Exponential back-off for controllers that choose per failure whether `settle()` should wait for the retry.
 */
export class Retries {
  readonly #failures: Slice<Map<string, number>>
  readonly #maxDelay: number
  readonly #baseDelay: number
  readonly #maxRetries: number

  /** `maxDelay` is 1000 s by default. */
  constructor(
    host: ComponentHost,
    queue: string,
    {
      maxDelay = MAX_DELAY,
      baseDelay = BASE_DELAY,
      maxRetries = Infinity,
    }: Pick<WorkQueueOptions, 'baseDelay' | 'maxDelay' | 'maxRetries'> = {},
  ) {
    this.#baseDelay = toMillis(baseDelay)
    this.#failures = host.state(`${queue}/retries`, () => new Map<string, number>())
    this.#maxDelay = toMillis(maxDelay)
    this.#maxRetries = maxRetries
  }

  /** Retries `key` after a failed request; `settle()` waits for the first {@link WORK_RETRIES} retries. */
  soon(queue: WorkQueue, key: string): void {
    const failures = this.#count(key)
    queue.addAfter(key, this.#delayOf(failures), { class: failures < WORK_RETRIES ? 'work' : 'watchdog' })
  }

  /**
   * Checks `key` again later because it waits for another actor, unless it has had all of its retries.
   * `settle()` does not wait for this.
   */
  later(queue: WorkQueue, key: string): void {
    const failures = this.#count(key)
    if (failures >= this.#maxRetries) return this.forget(key)
    queue.addAfter(key, this.#delayOf(failures), { class: 'watchdog' })
  }

  /** Resets the back-off of `key`. */
  forget(key: string): void {
    this.#failures.value.delete(key)
  }

  /** Counts one failure and returns the number of earlier ones. */
  #count(key: string): number {
    const failures = this.#failures.value.get(key) ?? 0
    this.#failures.value.set(key, failures + 1)
    return failures
  }

  #delayOf(failures: number): number {
    return Math.min(this.#baseDelay * 2 ** failures, this.#maxDelay)
  }
}
