/**
 * How a webhook in the same process answers: AdmissionReview or ConversionReview in, the same with a response
 * out. Synchronous.
 */
export type WebhookHandler = (review: WebhookReview, call: WebhookCall) => WebhookAnswer

/** What a webhook is sent: `apiVersion`, `kind` and `request`, deeply frozen. */
export interface WebhookReview {
  readonly apiVersion: string
  readonly kind: 'AdmissionReview' | 'ConversionReview'
  readonly request: Readonly<Record<string, unknown>>
}

/** How it is called. */
export interface WebhookCall {
  /** The path of the URL: `/validate`. */
  readonly path: string
  /** Virtual ms that the caller waits. */
  readonly timeout: number
}

/**
 * What it answers: a review whose `response` has at least `uid` and `allowed`. `patch` is base64 or, for
 * short, the list of operations. `takes` (virtual ms, default 0) beyond the timeout makes the call fail as a
 * slow webhook's does. What it throws is seen as a connection that broke.
 */
export interface WebhookAnswer {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: Readonly<Record<string, unknown>>
  readonly takes?: number
}

/** Handlers by URL (`https://example.com/validate`, or without the path) or by Service (`namespace/name`). */
export type WebhookHandlers = Readonly<Record<string, WebhookHandler>>
