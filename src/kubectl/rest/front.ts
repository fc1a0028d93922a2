import type { Gateway } from '../../client/http.js'

/** What listens at the server's address and stands before the apiserver. */
export interface Front {
  /**
   * PEM of the certificates, the server's own first, that it shows in the TLS handshake: kubectl verifies
   * them as its kubeconfig says. Default: not looked at.
   */
  readonly certificate?: string
  /** Default true. */
  readonly speaksTls?: boolean
  /** Sees each request, and may answer in the place of the apiserver. Default: all is passed on. */
  readonly gateway?: Gateway
}
