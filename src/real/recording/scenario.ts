import type { UserInfo } from '../../client/client.js'

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

/** A recorded response. `events` belongs to the end of a watch. */
export interface RecordedResponse {
  readonly code: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
  readonly bodyText?: string
  readonly events?: readonly { readonly type: string; readonly object: unknown }[]
}

/** One step: a request, the begin or the end of a watch, or a poll until a condition holds. */
export interface ScenarioStep {
  readonly request?: RecordedRequest
  readonly response?: RecordedResponse
  readonly watchStart?: string
  readonly watchEnd?: string
  readonly wait?: unknown
  /** Ms for which the client did nothing before the step. */
  readonly pause?: number
}

/** The cluster that a recording by `record()` begins with: a new one, as far as its requests tell. */
export interface RecordedOn {
  /** Kubernetes minor, `v1.35`. */
  readonly version: string
  readonly nodes: number
  /** Who sent the requests that impersonate nobody. */
  readonly user: UserInfo
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
  readonly on?: RecordedOn
  readonly steps: readonly ScenarioStep[]
}
