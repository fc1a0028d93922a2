import { request as requestPlain } from 'node:http'
import { type RequestOptions, request as requestSecure } from 'node:https'
import { trusting } from '../trust.js'

/** A server outside of the process that a kubeconfig names. */
export interface WebhookServer {
  /** `https://host:port/path`, or `http:`. */
  readonly url: string
  /** PEM of the authorities, and of the client's certificate and key; a bearer token. */
  readonly credentials?: Pick<RequestOptions, 'ca' | 'cert' | 'key'> & { readonly token?: string }
}

const TIMEOUT_MS = 30_000

/** Posts JSON to a webhook. Rejects if it cannot be reached, or does not respond within 30 seconds. */
export function postTo(
  { url, credentials: { token, ca, ...client } = {} }: WebhookServer,
  body: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const request = url.startsWith('http:') ? requestPlain : requestSecure
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const sent = request(url, { method: 'POST', headers, signal, ...trusting(ca), ...client }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ code: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
