import type { Status } from '../client/api-error.js'
import type { UserInfo } from '../client/client.js'
import type { ProxiedRequest } from './proxied.js'

/** What the API calls a request's verb (authorization attributes). */
export type RequestVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'

/**
 * Options that come from the query string (list, watch, get, writes) or from a DeleteOptions body, already
 * parsed.
 */
export interface RequestOptions {
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly resourceVersionMatch?: string
  readonly allowWatchBookmarks?: boolean
  readonly sendInitialEvents?: boolean
  readonly timeoutSeconds?: number
  readonly dryRun?: boolean
  readonly fieldManager?: string
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict'
  readonly force?: boolean
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: string
  readonly orphanDependents?: boolean
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** A patch as it came, already parsed. */
export interface PatchBody {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply'
  readonly body: unknown
  /** What only strict decoding minds and only the parser of the text can know. */
  readonly strictFaults?: readonly string[]
}

/** Who sends a request, whatever it asks for: what authentication and impersonation look at. */
export interface RequestSender {
  /** Who asks. When absent, the authenticator decides from `credentials`. */
  readonly user?: UserInfo
  readonly credentials?: Credentials
  readonly userAgent: string
}

/**
 * One API request, parsed: what every stage of the pipeline sees. In process it is built without any string
 * being parsed.
 */
export interface ApiRequest extends RequestSender {
  readonly verb: RequestVerb
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  /** Plural name. */
  readonly resource: string
  readonly subresource?: string
  /** Absent for cluster-scoped resources and for requests to all namespaces. */
  readonly namespace?: string
  readonly name?: string
  readonly options: RequestOptions
  /** Of create and update: untrusted, already parsed JSON. */
  readonly body?: unknown
  /** What strict decoding minds and only the parser of the text can know: `duplicate field "x"`. */
  readonly strictFaults?: readonly string[]
  /** Of patch. */
  readonly patch?: PatchBody
  /** Of the subresource `proxy`: what is passed on. */
  readonly proxied?: ProxiedRequest
  /** Of a watch: orders it among others that a write wakes. Default: the user agent. */
  readonly owner?: string
}

/**
 * A request for a path that is no resource (`/version`, `/healthz`, `/apis`, an unknown path): authorized by
 * RBAC's `nonResourceURLs`. Told from an {@link ApiRequest} by its `path`.
 */
export interface NonResourceRequest extends RequestSender {
  /** The HTTP method in lower case: `get`, `head`, `post`. */
  readonly verb: string
  /** As it came, without the query: `/healthz/etcd`. */
  readonly path: string
}

/** What a request shows to prove who sends it. */
export interface Credentials {
  readonly bearerToken?: string
  /** Subject of a verified client certificate, and the SHA-256 of its bytes in lower-case hex. */
  readonly certificate?: {
    readonly commonName: string
    readonly organizations: readonly string[]
    readonly sha256?: string
  }
  /** The certificates (PEM, the leaf first) that a TLS client has shown, not verified yet. */
  readonly clientCertificates?: string
  /** Whom the `X-Remote-*` headers name: counts only with the certificate of a front proxy. */
  readonly remoteUser?: UserInfo
  /** What the `Impersonate-*` headers ask for. */
  readonly impersonate?: Impersonation
}

/** Whom a request wants to act as: the `Impersonate-User`, `-Uid`, `-Group` and `-Extra-*` headers. */
export interface Impersonation {
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  /** By key: lower case, percent-decoded. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/**
 * An answer: `object` is what the body holds (an object, a list or a Status). `warnings` lack the `299 - `
 * prefix.
 */
export interface ApiResponse {
  readonly code: number
  readonly object: object | Status
  readonly warnings: readonly string[]
}
