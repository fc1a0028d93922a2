/** A recorded request. `body` is JSON; `bodyText` and `bodyBase64` are sent as they are. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly user?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly bodyText?: string
  readonly bodyBase64?: string
  readonly bodyDescription?: string
}

/** A recorded answer. `events` belongs to the end of a watch. */
export interface RecordedResponse {
  readonly code: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly bodyText?: string
  readonly events?: readonly { readonly type: string; readonly object: unknown }[]
}

/** One step: a request, the begin or the end of a watch, or a poll until a condition holds. */
export interface Step {
  readonly request?: RecordedRequest
  readonly response?: RecordedResponse
  readonly watchStart?: string
  readonly watchEnd?: string
  readonly wait?: unknown
}

/** One recorded scenario. */
export interface Scenario {
  readonly id: string
  readonly group?: string
  readonly needs?: string
  readonly notes?: unknown
  readonly namespace?: string
  readonly waitForDefaultServiceAccount?: boolean
  readonly managedFieldsStripped?: boolean
  readonly steps: readonly Step[]
}
