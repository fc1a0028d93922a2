/** A request that the apiserver forwards (`services|pods|nodes/NAME/proxy`). */
export interface ProxiedRequest {
  readonly method: string
  /** With its leading slash; '' if nothing follows `proxy`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The HTTP response of a proxied server, which goes to the client unchanged. */
export class ProxiedReply {
  readonly code: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string

  constructor(code: number, headers: Readonly<Record<string, string>>, body: string) {
    this.code = code
    this.headers = headers
    this.body = body
  }
}

/** How the apiserver reaches pods and nodes. */
export interface ProxyNetwork {
  /**
   * Sends a request to an address. Returns Go's error text if the connection fails (`dial tcp 10.244.0.5:80:
   * connect: connection refused`).
   */
  send(ip: string, port: number, request: ProxiedRequest): ProxiedReply | string
  /** Sends a request to the kubelet of a node. Returns undefined if it does not respond. */
  requestKubelet(node: string, request: ProxiedRequest): ProxiedReply | undefined
  /** Chooses one of several endpoints. */
  pick<T>(items: readonly T[]): T
}
