import type { Status } from '../client/api-error.js'
import type { UserInfo } from '../client/client.js'
import type { ProxiedRequest } from './proxied.js'

/** The API's verb of a request, as authorization sees it. */
export type RequestVerb =
  | 'get'
  | 'list'
  | 'watch'
  | 'create'
  | 'update'
  | 'patch'
  | 'delete'
  | 'deletecollection'

/** Parsed options of the query (list, watch, get, writes) or of a DeleteOptions body. */
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

/** The parsed body of a patch. */
export interface PatchBody {
  readonly type: 'json' | 'merge' | 'strategic' | 'apply'
  readonly body: unknown
  /** Faults that only strict decoding reports and only the parser of the text can find. */
  readonly strictFaults?: readonly string[]
}

/** What is told of the user of a request. */
export type Identified = (user: UserInfo, request: ApiRequest | NonResourceRequest) => void

/** The sender of a request, for authentication and impersonation. */
export interface RequestSender {
  /** The user. If absent, the authenticator determines it from `credentials`. */
  readonly user?: UserInfo
  readonly credentials?: Credentials
  readonly userAgent: string
  /** Called with the user once it is known, before authorization. Only requests over HTTP have it. */
  readonly identified?: Identified
}

/**
 * A parsed API request, as every stage of the pipeline sees it. Clients in this process build it without
 * parsing.
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
  /** For create and update: untrusted, parsed JSON. */
  readonly body?: unknown
  /**
   * Faults that only strict decoding reports and only the parser of the text can find: `duplicate field "x"`.
   */
  readonly strictFaults?: readonly string[]
  /** For patch. */
  readonly patch?: PatchBody
  /** For the subresource `proxy`: the forwarded request. */
  readonly proxied?: ProxiedRequest
  /** For watch: its order among the watches that a write wakes. Default: the user agent. */
  readonly owner?: string
  /** The query of a request that opens a stream, for the audit log: `command=id&container=web`. */
  readonly query?: string
}

/**
 * A request for a path that is not a resource (`/version`, `/healthz`, `/apis`, an unknown path), authorized
 * by RBAC's `nonResourceURLs`. Its `path` distinguishes it from an {@link ApiRequest}.
 */
export interface NonResourceRequest extends RequestSender {
  /** The HTTP method in lower case: `get`, `head`, `post`. */
  readonly verb: string
  /** The path without the query: `/healthz/etcd`. */
  readonly path: string
  /** The path as it was sent, with the query, for the audit log. Default: the path. */
  readonly uri?: string
}

/** The credentials of a request. */
export interface Credentials {
  readonly bearerToken?: string
  /** Subject of a verified client certificate, and the SHA-256 of its bytes in lower-case hex. */
  readonly certificate?: {
    readonly commonName: string
    readonly organizations: readonly string[]
    readonly sha256?: string
  }
  /** The unverified certificates of a TLS client (PEM, the leaf first). */
  readonly clientCertificates?: string
  /** The headers, in which the certificate of a front proxy can name a user (`X-Remote-*`). */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** The user of the `Impersonate-*` headers. */
  readonly impersonate?: Impersonation
}

/** The user to impersonate: the `Impersonate-User`, `-Uid`, `-Group` and `-Extra-*` headers. */
export interface Impersonation {
  readonly user?: string
  readonly uid?: string
  readonly groups?: readonly string[]
  /** By key: lower case, percent-decoded. */
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A response. `object` is its body (an object, a list or a Status). `warnings` lack the `299 - ` prefix. */
export interface ApiResponse {
  readonly code: number
  readonly object: object | Status
  readonly warnings: readonly string[]
}
