import { internalError } from '../../apiserver/errors.js'
import type { SecureCall } from '../../apiserver/proxied.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { postOutside } from './post.js'
import type { CallResult } from './question.js'
import { WebhookQuestion } from './question.js'

/** Most conversions that are remembered. */
const MOST_CONVERSIONS = 10_000
/** Most responses for components that are remembered until they ask again. */
const MOST_FOR_COMPONENTS = 1_000
/** Most responses for one request, beyond which it fails: it asks something new in each attempt. */
const MOST_FOR_REQUEST = 100
/** Characters of the responses that are kept for one purpose. */
const MOST_TEXT = 64 * 1024 * 1024

/** Handling has met a call whose response is still to come: it begins anew once `responded` has resolved. */
export class Suspended extends Error {
  readonly responded: Promise<void>

  constructor(responded: Promise<void>) {
    super('a webhook on this machine is being called')
    this.responded = responded
  }
}

interface Known {
  readonly asked: WebhookQuestion
  readonly outcome: CallResult
}

/** Responses with their questions, by the key of the question: by default what one request has got so far. */
export class Responses {
  readonly #known = new Map<string, Known>()
  readonly #most: number
  /** Other results that the request has waited for. */
  readonly awaited: Map<string, { readonly value: unknown }> = new Map()
  #text = 0

  constructor(most: number = MOST_FOR_REQUEST) {
    this.#most = most
  }

  /** Whether there are as many responses, or as long ones, as may be kept. */
  get isFull(): boolean {
    return this.#known.size >= this.#most || this.#text >= MOST_TEXT
  }

  get(key: string): Known | undefined {
    return this.#known.get(key)
  }

  set(key: string, known: Known): void {
    this.delete(key)
    this.#text += lengthOf(known)
    this.#known.set(key, known)
  }

  delete(key: string): void {
    const known = this.#known.get(key)
    if (known === undefined) return
    this.#text -= lengthOf(known)
    this.#known.delete(key)
  }

  clear(): void {
    this.#known.clear()
    this.#text = 0
  }
}

const lengthOf = ({ asked, outcome }: Known): number =>
  asked.key.length + asked.call.body.length + (typeof outcome === 'string' ? outcome : outcome.body).length

/**
 * Calls of webhooks that listen on this machine, outside of the cluster. The core is synchronous and calls
 * webhooks in the middle of a request. So the request is given up ({@link Suspended}) before it has written
 * anything, the call is made, and the request is handled once more with the response at hand; if it then has
 * another question, because somebody has changed the object meanwhile, it is asked, too. Meanwhile others
 * are served, the webhook itself included.
 */
export class OutsideCalls {
  /** The responses of the request that is being handled; undefined if a component asks. */
  #current: Responses | undefined
  /** Conversions depend on nothing but what is converted. */
  readonly #conversions = new Responses(MOST_CONVERSIONS)
  /** Components cannot wait: they get an error, and the response when they try again. */
  readonly #forComponents = new Responses(MOST_FOR_COMPONENTS)
  readonly #asked = new Map<string, Promise<void>>()

  /** Takes the calls of a cluster to loopback addresses; to be called again after a rewind. */
  static of(cluster: SimCluster): OutsideCalls {
    const calls = byCluster.get(cluster) ?? new OutsideCalls()
    byCluster.set(cluster, calls)
    cluster.internals.interceptWebhooks((call) => (isLoopback(call.ip) ? calls.#post(call) : undefined))
    return calls
  }

  /** Whether a request is being handled, which can wait. */
  get isHandling(): boolean {
    return this.#current !== undefined
  }

  /**
   * Returns what `start` resolves with, for the request that is being handled: it is run again with that.
   * @throws Suspended in the meantime; ApiError for a component, which cannot wait
   */
  awaited<T>(key: string, start: () => Promise<T>): T {
    const responses = this.#current
    if (responses === undefined) throw internalError('a server on this machine is being called')
    const known = responses.awaited.get(key)
    if (known !== undefined) return known.value as T
    throw new Suspended(start().then((value) => void responses.awaited.set(key, { value })))
  }

  /** Runs what belongs to a request. @throws Suspended if it has to be run again with the same responses */
  run<T>(responses: Responses, work: () => T): T {
    this.#current = responses
    try {
      return work()
    } finally {
      this.#current = undefined
    }
  }

  #post(call: SecureCall): CallResult {
    const question = new WebhookQuestion(call)
    const responses = question.isConversion ? this.#conversions : (this.#current ?? this.#forComponents)
    const known = responses.get(question.key)
    if (known !== undefined) {
      if (responses === this.#forComponents) responses.delete(question.key)
      return question.answerWith(known.outcome, known.asked)
    }
    const responded = this.#ask(question, responses)
    if (this.#current !== undefined) throw new Suspended(responded)
    throw internalError('a webhook on this machine is being called; try again')
  }

  /** Makes the call, unless the same question is being asked for the same responses. */
  #ask(question: WebhookQuestion, responses: Responses): Promise<void> {
    const isShared = responses === this.#conversions || responses === this.#forComponents
    const asked = isShared ? this.#asked.get(question.key) : undefined
    if (asked !== undefined) return asked
    const responded = this.#keep(question, responses)
    if (isShared) this.#asked.set(question.key, responded)
    return responded
  }

  async #keep(question: WebhookQuestion, responses: Responses): Promise<void> {
    const outcome = await postOutside(question.call)
    if (responses.isFull) responses.clear()
    responses.set(question.key, { asked: question, outcome })
    this.#asked.delete(question.key)
  }
}

/** A cluster that is served twice has one, since its requests come through either server. */
const byCluster = new WeakMap<SimCluster, OutsideCalls>()

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1'
