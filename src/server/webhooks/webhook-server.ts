import type { RequestOptions } from 'node:https'
import { type OutsideLimits, type OutsideResponse, sendOutside } from '../http/send-outside.js'
import { trusting } from '../credentials/trust.js'

/** A server outside of the process that a kubeconfig names. */
export interface WebhookServer {
  /** `https://host:port/path`, or `http:`. */
  readonly url: string
  /** PEM of the authorities, and of the client's certificate and key; a bearer token. */
  readonly credentials?: Pick<RequestOptions, 'ca' | 'cert' | 'key'> & { readonly token?: string }
}

/** What a webhook may cost: upstream has the same time and no limit of bytes. */
const LIMITS: OutsideLimits = { ms: 30_000, bytes: 16 * 1024 * 1024 }

/** Posts JSON to a webhook. Rejects if it cannot be reached, or does not respond within its limits. */
export function postTo(
  { url, credentials: { token, ca, ...client } = {} }: WebhookServer,
  body: string,
): Promise<OutsideResponse> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return sendOutside({ url, method: 'POST', headers, ...trusting(ca), ...client }, body, LIMITS)
}
