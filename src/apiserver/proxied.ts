import { quote } from '../lang/go/quote.js'
import { setOwn } from '../lang/json/plain-json.js'

/** A request that the apiserver forwards (`services|pods|nodes/NAME/proxy`). */
export interface ProxiedRequest {
  readonly method: string
  /** With its leading slash; '' if nothing follows `proxy`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  /** A header that occurs several times has a list of values. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

/** Headers that are for one connection only, and the length, which a new one gets. Source: RFC 9110. */
export const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
])

const HEADER_NAME = /^[!#$%&'*+.^`|~\w-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Returns what a client gets of the response of a server, which need not be honest: without headers of its
 * connection, or Go's error text for a status or a header that is none.
 */
export function proxied(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): ProxiedResponse | string {
  const broken = 'net/http: HTTP/1.x transport connection broken: malformed'
  if (!Number.isInteger(status) || status < 200 || status > 999)
    return `${broken} HTTP status code ${quote(String(status))}`
  const kept: Record<string, string> = {}
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    if (!HEADER_NAME.test(name) || !HEADER_VALUE.test(value))
      return `${broken} MIME header line: ${quote(`${given}: ${value}`.slice(0, 100))}`
    if (OF_CONNECTION.has(name) || (name === 'transfer-encoding' && value !== 'chunked')) continue
    setOwn(kept, name, value)
  }
  return new ProxiedResponse(status, kept, body)
}

/** The HTTP response of a proxied server, which goes to the client. */
export class ProxiedResponse {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  constructor(code: number, headers: Readonly<Record<string, string>>, body: string) {
    this.code = code
    this.headers = headers
    this.body = body
  }
}

/** Where the apiserver sends a request over TLS, and whom it expects there. */
export interface SecureTarget {
  readonly ip: string
  readonly port: number
  /** The name that the server's certificate must be valid for. */
  readonly serverName: string
  /** PEM of the authorities that the server's certificate must come from; undefined: it is not verified. */
  readonly caBundle: string | undefined
}

/** A request of the apiserver to a webhook over TLS. */
export interface SecureCall extends SecureTarget {
  /** With its query. */
  readonly path: string
  /** JSON. */
  readonly body: string
  /** How long the apiserver waits for the response. */
  readonly timeoutSeconds: number
}

/** The response to a {@link SecureCall}. */
export interface SecureResponse {
  readonly code: number
  readonly body: string
  /** How long it took, in virtual ms. */
  readonly took: number
}

/** How the apiserver reaches pods and nodes. */
export interface ProxyNetwork {
  /**
   * Sends a request to an address. Returns Go's error text if the connection fails (`dial tcp 10.244.0.5:80:
   * connect: connection refused`).
   */
  send(ip: string, port: number, request: ProxiedRequest): ProxiedResponse | string
  /** Sends a request to the kubelet of a node. Returns undefined if it does not respond. */
  requestKubelet(node: string, request: ProxiedRequest): ProxiedResponse | undefined
  /** Posts JSON over TLS. Returns Go's error text if the connection fails or the server is not trusted. */
  post(call: SecureCall): SecureResponse | string
  /** Sends a request over TLS, as {@link ProxyNetwork.post}. */
  sendSecurely(target: SecureTarget, request: ProxiedRequest): ProxiedResponse | string
  /** Whether calls can leave the cluster: it is served, and this machine's programs can be reached. */
  reachesOutside(): boolean
  /** Chooses one of several endpoints. */
  pick<T>(items: readonly T[]): T
}
