import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import type { ApiError } from '../../client/api-error.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { CommandLine } from '../call/call.js'
import { Aggregate, KubectlError } from '../call/errors.js'
import { isDeletedLongAgo } from './filters.js'
import type { DrainFlags } from './options.js'

const RETRY_MS = 5000
const POLL_MS = 1000

/**
 * A pod that is being evicted. Upstream has a goroutine for each; here all take turns in list order when they
 * are due.
 */
interface EvictedPod {
  readonly pod: Pod
  /** Virtual ms of the next attempt or check. */
  due: number
  phase: 'evicting' | 'waiting' | 'done'
  refresh: boolean
}

/** Texts that differ between releases. */
export interface EvictionTexts {
  /** Prints `evicting pod ns/name` before each attempt. */
  readonly announces: boolean
  readonly retry: (pod: Pod, error: Error) => string
  readonly failed: (pod: Pod, error: Error) => string
  readonly waitFailed: (pod: Pod, error: Error) => string
  readonly timedOut: (pod: Pod, options: DrainFlags) => string
}

const nameOf = ({ metadata }: Pod): string => metadata.name as string
const namespaceOf = ({ metadata }: Pod): string => metadata.namespace as string
const keyOf = (pod: Pod): { readonly name: string; readonly namespace: string } => ({
  name: nameOf(pod),
  namespace: namespaceOf(pod),
})

const isTerminatingNamespace = (error: unknown): error is ApiError =>
  isApiError(error, 'Forbidden') &&
  error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true

/** Evicts all pods at once and waits until each is gone, while virtual time moves. Throws an Aggregate. */
export class Eviction {
  readonly #call: CommandLine
  readonly #options: DrainFlags
  readonly #texts: EvictionTexts
  readonly #deadline: number
  readonly #errors: Error[] = []

  constructor(call: CommandLine, options: DrainFlags, texts: EvictionTexts) {
    this.#call = call
    this.#options = options
    this.#texts = texts
    this.#deadline = this.#now + options.timeoutMs
  }

  get #now(): number {
    return this.#call.env.clock.now()
  }

  /** Runs until every pod is gone or has failed. */
  run(pods: readonly Pod[]): void {
    const leaving = pods.map((pod): EvictedPod => ({
      pod,
      due: this.#now,
      phase: 'evicting',
      refresh: false,
    }))
    for (;;) {
      const open = leaving.filter(({ phase }) => phase !== 'done')
      if (open.length === 0) break
      const due = Math.min(...open.map((one) => one.due))
      if (due > this.#now) this.#call.env.wait(due - this.#now)
      for (const one of open) if (one.phase === 'evicting' && one.due <= this.#now) this.#attempt(one)
      for (const one of open) if (one.phase === 'waiting' && one.due <= this.#now) this.#look(one)
    }
    if (this.#errors.length > 0) throw new Aggregate(this.#errors)
  }

  #attempt(one: EvictedPod): void {
    const { pod } = one
    const serverDryRun = this.#options.dryRun === 'server'
    if (this.#texts.announces) {
      this.#call.out.line(
        `evicting pod ${namespaceOf(pod)}/${nameOf(pod)}${serverDryRun ? ' (server dry run)' : ''}`,
      )
    }
    if (this.#now >= this.#deadline) {
      this.#fail(one, this.#texts.timedOut(pod, this.#options))
      return
    }
    const active = one.refresh ? this.#fresh(pod) : pod
    one.refresh = false
    try {
      this.#evict(active)
      one.phase = serverDryRun ? 'done' : 'waiting'
    } catch (error) {
      this.#refused(one, active, error)
    }
  }

  #refused(one: EvictedPod, active: Pod, error: unknown): void {
    if (isApiError(error, 'NotFound')) one.phase = 'done'
    else if (isApiError(error, 'TooManyRequests')) this.#retry(one, this.#texts.retry(active, error))
    else if (isTerminatingNamespace(error)) {
      if (active.metadata.deletionTimestamp !== undefined) one.phase = 'waiting'
      else {
        this.#retry(
          one,
          `error when evicting pod ${quote(nameOf(active))} from terminating namespace ` +
            `${quote(namespaceOf(active))} (will retry after 5s): ${error.message}`,
        )
      }
    } else if (error instanceof Error && isApiError(error)) this.#fail(one, this.#texts.failed(active, error))
    else throw error
  }

  #retry(one: EvictedPod, text: string): void {
    this.#call.out.errorLine(text)
    one.due = this.#now + RETRY_MS
    one.refresh = true
  }

  #fail(one: EvictedPod, text: string): void {
    one.phase = 'done'
    this.#errors.push(new KubectlError(text))
  }

  /** Reads the pod again; the eviction itself reports errors. */
  #fresh(pod: Pod): Pod {
    try {
      return this.#call.client.get('pods', keyOf(pod))
    } catch (error) {
      if (isApiError(error)) return pod
      throw error
    }
  }

  #evict(pod: Pod): void {
    const { gracePeriodSeconds, dryRun } = this.#options
    const deleteOptions = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
    const version = this.#call.release.minor >= 22 ? 'policy/v1' : 'policy/v1beta1'
    const body = { apiVersion: version, kind: 'Eviction', metadata: keyOf(pod), deleteOptions }
    this.#call.client.createSubresource('pods', keyOf(pod), 'eviction', body, { dryRun: dryRun === 'server' })
  }

  #look(one: EvictedPod): void {
    const { pod } = one
    try {
      const found = lookFor(this.#call, pod, this.#options)
      if (found === 'there') {
        if (this.#now >= this.#deadline) this.#fail(one, this.#texts.waitFailed(pod, deadlineExceeded))
        else one.due = Math.min(this.#now + POLL_MS, this.#deadline)
        return
      }
      if (found === 'gone') this.#call.out.line(`pod/${nameOf(pod)} evicted`)
      one.phase = 'done'
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#call.out.line(`pod/${nameOf(pod)} eviction failed`)
      this.#fail(one, this.#texts.waitFailed(pod, error))
    }
  }
}

const deadlineExceeded = new KubectlError('context deadline exceeded')

/** Whether a pod still exists; another pod of the same name does not count. */
function lookFor(call: CommandLine, pod: Pod, options: DrainFlags): 'there' | 'gone' | 'skipped' {
  const found = ignoreNotFound(() => call.client.get('pods', keyOf(pod)))
  if (found === undefined || found.metadata.uid !== pod.metadata.uid) return 'gone'
  if (!isDeletedLongAgo(found, { clock: call.env.clock, options })) return 'there'
  call.out.line(
    `pod ${quote(nameOf(pod))} has DeletionTimestamp older than ` +
      `${options.skipWaitForDeleteTimeout} seconds, skipping`,
  )
  return 'skipped'
}

/**
 * `--disable-eviction`: deletes pods one by one, then waits for all together. PodDisruptionBudgets are
 * ignored.
 */
export function deletePods(call: CommandLine, options: DrainFlags, pods: readonly Pod[]): void {
  const { gracePeriodSeconds, dryRun, timeoutMs } = options
  const base = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }
  for (const pod of pods)
    ignoreNotFound(() =>
      call.client.delete('pods', keyOf(pod), dryRun === 'server' ? { ...base, dryRun: true } : base),
    )
  if (dryRun === 'server') return
  const deadline = call.env.clock.now() + timeoutMs
  let pending = pods
  for (;;) {
    pending = pending.filter((pod) => {
      const found = lookFor(call, pod, options)
      if (found === 'gone') call.out.line(`pod/${nameOf(pod)} deleted`)
      return found === 'there'
    })
    if (pending.length === 0) return
    if (call.env.clock.now() >= deadline) throw deadlineExceeded
    call.env.wait(Math.min(POLL_MS, deadline - call.env.clock.now()))
  }
}
