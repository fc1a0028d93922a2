import { exactJson } from '../../lang/json/exact-json.js'
import { parseExactJson } from '../../lang/go/json.js'
import type { SecureCall, SecureResponse } from '../../apiserver/proxied.js'

/** A response, or the error of Go's HTTP client. */
export type CallResult = SecureResponse | string

interface Metadata {
  readonly name?: string
  readonly namespace?: string
  readonly generateName?: string
  readonly uid?: string
  readonly labels?: object
  readonly annotations?: object
  readonly creationTimestamp?: string
  readonly managedFields?: readonly { readonly time?: string }[]
}

interface Reviewed {
  readonly metadata?: Metadata
}

interface Review {
  readonly kind?: string
  readonly request?: {
    readonly uid?: string
    readonly name?: string
    readonly operation?: string
    readonly object?: Reviewed | null
    readonly objects?: readonly Reviewed[]
  }
}

interface Answer {
  readonly response?: { readonly uid?: string; readonly convertedObjects?: readonly Reviewed[] }
}

/** The suffix of the volume that admission gives to pods. */
const DRAWN_VOLUME = /kube-api-access-[a-z0-9]{5}/g

/**
 * A call of a webhook as one attempt at a request makes it. Each attempt draws uids and names anew and looks
 * at the clock, so that neither {@link key} nor what is kept of the response contains them.
 */
export class WebhookQuestion {
  readonly call: SecureCall
  readonly key: string
  readonly isConversion: boolean
  readonly #review: Review

  constructor(call: SecureCall) {
    this.call = call
    this.#review = parseExactJson(call.body) as Review
    this.isConversion = this.#review.kind === 'ConversionReview'
    const { ip, port, path, caBundle } = call
    const text = exactJson([ip, port, path, caBundle, withoutDraws(this.#review)])
    this.key = text.replaceAll(DRAWN_VOLUME, 'kube-api-access')
  }

  /** Returns what another attempt got as the response to this one, for which `asked` is the question. */
  answerWith(outcome: CallResult, asked: WebhookQuestion): CallResult {
    if (typeof outcome === 'string' || asked === this) return outcome
    let received: Answer | null
    try {
      received = parseExactJson(outcome.body) as Answer | null
    } catch {
      return outcome
    }
    const response = received?.response
    const [now, then] = [this.#review.request, asked.#review.request]
    if (response === undefined || response === null || response.uid !== then?.uid) return outcome
    const { convertedObjects } = response
    const converted = !Array.isArray(convertedObjects)
      ? {}
      : {
          convertedObjects: convertedObjects.map((one, at) =>
            renewed(one, then?.objects?.[at], now?.objects?.[at]),
          ),
        }
    return {
      ...outcome,
      body: exactJson({ ...received, response: { ...response, uid: now?.uid, ...converted } }),
    }
  }
}

/** Returns a converted object with the metadata of this attempt; only labels and annotations may change. */
function renewed(converted: Reviewed, then: Reviewed | undefined, now: Reviewed | undefined): Reviewed {
  const { metadata } = converted
  if (metadata?.uid !== then?.metadata?.uid || metadata?.name !== then?.metadata?.name) return converted
  const { labels: _, annotations: __, ...own } = now?.metadata ?? {}
  return {
    ...converted,
    metadata: {
      ...own,
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
  }
}

function withoutDraws(review: Review): Review {
  const { request } = review
  if (request === undefined) return review
  const { uid: _, name, object, objects, ...rest } = request
  const isNew = request.operation === 'CREATE'
  const isDrawn = isNew && object?.metadata?.generateName !== undefined
  return {
    ...review,
    request: {
      ...rest,
      ...(isDrawn || name === undefined ? {} : { name }),
      ...(object === undefined ? {} : { object: object === null ? null : admitted(object, isNew) }),
      ...(objects === undefined ? {} : { objects: objects.map(convertible) }),
    },
  }
}

function admitted(object: Reviewed, isNew: boolean): Reviewed {
  const { metadata = {} } = object
  const { managedFields = [], uid, creationTimestamp, name, ...rest } = metadata
  const isDrawn = isNew && metadata.generateName !== undefined
  return {
    ...object,
    metadata: {
      ...rest,
      ...(isNew ? {} : { uid, creationTimestamp }),
      ...(isDrawn ? {} : { name }),
      managedFields: managedFields.map((entry) => ({ ...entry, time: '' })),
    },
  }
}

/** A conversion may depend on the name, on labels and annotations, and on everything outside the metadata. */
function convertible(object: Reviewed): Reviewed {
  const { name, namespace, generateName, labels, annotations } = object.metadata ?? {}
  return {
    ...object,
    metadata: {
      ...(generateName === undefined ? { name } : { generateName }),
      namespace,
      labels,
      annotations,
    } as Metadata,
  }
}
