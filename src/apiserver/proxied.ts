/** A request that the apiserver passes on (`services|pods|nodes/NAME/proxy`). */
export interface ProxiedRequest {
  readonly method: string
  /** With its slash in front; '' when nothing follows `proxy`. */
  readonly path: string
  /** Without `?`. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * What somebody behind the apiserver answered over HTTP: goes to the client as it is, past all forms that the
 * API has.
 */
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
   * Sends a request to an address; a text is what Go says of a connection that failed (`dial tcp
   * 10.244.0.5:80: connect: connection refused`).
   */
  send(ip: string, port: number, request: ProxiedRequest): ProxiedReply | string
  /** Asks the kubelet of a node; undefined when it does not answer. */
  requestKubelet(node: string, request: ProxiedRequest): ProxiedReply | undefined
  /** One of several endpoints. */
  pick<T>(items: readonly T[]): T
}
