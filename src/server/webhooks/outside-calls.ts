import { internalError } from '../../apiserver/errors.js'
import type { SecureCall } from '../../apiserver/proxied.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { postOutside } from './post.js'
import type { Outcome } from './question.js'
import { Question } from './question.js'

/** Most conversions that are remembered. */
const MOST_CONVERSIONS = 10_000
/** Most answers for components that are remembered until they ask again. */
const MOST_ANSWERS = 1_000

/** Handling has met a call whose answer is still to come: it begins anew once `answered` has resolved. */
export class Suspended extends Error {
  readonly answered: Promise<void>

  constructor(answered: Promise<void>) {
    super('a webhook on this machine is being called')
    this.answered = answered
  }
}

/** Answers with their questions, by the key of the question: what one request has got so far. */
export type Answers = Map<string, { readonly asked: Question; readonly outcome: Outcome }>

/**
 * Calls of webhooks that listen on this machine, outside of the cluster. The core is synchronous and calls
 * webhooks in the middle of a request. So the request is given up ({@link Suspended}) before it has written
 * anything, the call is made, and the request is handled once more with the answer at hand; if it then has
 * another question, because somebody has changed the object meanwhile, it is asked, too. Meanwhile others
 * are served, the webhook itself included.
 */
export class OutsideCalls {
  /** The answers of the request that is being handled; undefined if a component asks. */
  #current: Answers | undefined
  /** Conversions depend on nothing but what is converted. */
  readonly #conversions: Answers = new Map()
  /** Components cannot wait: they get an error, and the answer when they try again. */
  readonly #forComponents: Answers = new Map()
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

  /** Runs what belongs to a request. @throws Suspended if it has to be run again with the same answers */
  run<T>(answers: Answers, work: () => T): T {
    this.#current = answers
    try {
      return work()
    } finally {
      this.#current = undefined
    }
  }

  #post(call: SecureCall): Outcome {
    const question = new Question(call)
    const answers = question.isConversion ? this.#conversions : (this.#current ?? this.#forComponents)
    const known = answers.get(question.key)
    if (known !== undefined) {
      if (answers === this.#forComponents) answers.delete(question.key)
      return question.answerWith(known.outcome, known.asked)
    }
    const answered = this.#ask(question, answers)
    if (this.#current !== undefined) throw new Suspended(answered)
    throw internalError('a webhook on this machine is being called; try again')
  }

  /** Makes the call, unless the same question is being asked for the same answers. */
  #ask(question: Question, answers: Answers): Promise<void> {
    const isShared = answers === this.#conversions || answers === this.#forComponents
    const asked = isShared ? this.#asked.get(question.key) : undefined
    if (asked !== undefined) return asked
    const answered = this.#keep(question, answers)
    if (isShared) this.#asked.set(question.key, answered)
    return answered
  }

  async #keep(question: Question, answers: Answers): Promise<void> {
    const outcome = await postOutside(question.call)
    const most = answers === this.#conversions ? MOST_CONVERSIONS : MOST_ANSWERS
    if (answers.size >= most) answers.clear()
    answers.set(question.key, { asked: question, outcome })
    this.#asked.delete(question.key)
  }
}

/** A cluster that is served twice has one, since its requests come through either server. */
const byCluster = new WeakMap<SimCluster, OutsideCalls>()

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1'
