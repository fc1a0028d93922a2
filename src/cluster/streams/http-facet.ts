import { throwAtCaller } from '../at-caller.js'
import { httpInputs } from '../inputs/methods.js'
import type { AuthenticationResult } from '../../apiserver/authentication/authenticator.js'
import { handleHttp, handleStreaming } from '../../apiserver/http.js'
import type { HttpCodecs } from '../../apiserver/http/body.js'
import { shownBy } from '../../apiserver/http/sender.js'
import type { HttpRequest, HttpResponse, HttpStream, HttpWatch } from '../../client/http.js'
import { ADMIN } from '../access/identities.js'
import type { ClusterParts } from '../compose/assemble.js'
import type { FetchOptions } from './fetch.js'
import { fetchFrom } from './fetch.js'

/** `cluster.http`: the apiserver's HTTP interface, in process. */
export class HttpFacet {
  static {
    throwAtCaller(this.prototype, httpInputs)
  }

  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /**
   * Sends a request as the standard `fetch` does: `await (await cluster.http.fetch('/api/v1/nodes')).json()`.
   * A path may stand for the URL; the host is ignored. The sender is the administrator unless `as` or an
   * `authorization` header says otherwise.
   */
  fetch(input: Request | URL | string, options?: FetchOptions): Promise<Response> {
    const { simulation, plane } = this.#parts()
    return fetchFrom(
      {
        handle: (request, codecs) => this.handle(request, codecs),
        now: () => simulation.clock.now(),
        onStep: (check) => simulation.onStep(check),
        connect: () => plane.connectivity.check(ADMIN.name),
      },
      input,
      options,
    )
  }

  /**
   * Handles a request synchronously. Without `user` and without credentials in the headers the sender is
   * `system:anonymous`. For a watch the result is an object to pull events from. Protobuf bodies are rejected
   * with 415 unless their codec is given.
   */
  handle(request: HttpRequest, codecs: HttpCodecs = {}): HttpResponse | HttpWatch {
    return handleHttp(this.#parts().plane.server, request, codecs)
  }

  /** Like {@link handle}, for servers that can stream logs and upgrade connections. */
  handleStreaming(request: HttpRequest, codecs: HttpCodecs = {}): HttpResponse | HttpStream | HttpWatch {
    return handleStreaming(this.#parts().plane.server, request, codecs)
  }

  /**
   * Authenticates the sender of a request by its headers and client certificates. If the result has no user,
   * the request gets a 401; `faults` are the apiserver's log lines.
   */
  identify(request: Pick<HttpRequest, 'headers' | 'clientCertificates'>): AuthenticationResult {
    const { authenticator } = this.#parts().plane.server.context.dependencies
    return authenticator?.explain?.(shownBy({ method: 'GET', path: '/', ...request })) ?? { faults: [] }
  }
}
