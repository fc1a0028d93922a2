import { request as requestPlain } from 'node:http'
import { type RequestOptions, request as requestSecure } from 'node:https'
import { clearTimeout, setTimeout } from '../real-timers.js'

/** What a server outside of the process may cost. */
export interface OutsideLimits {
  /** Real ms until its response must be complete. */
  readonly ms: number
  /** Bytes of its response, at most. */
  readonly bytes: number
}

/** A response of a server outside of the process. */
export interface OutsideResponse {
  readonly code: number
  readonly text: string
}

/** The time for a response was over. */
export class OutsideTimeout extends Error {
  override readonly name = 'OutsideTimeout'
}

/** Longest wait of Node's timers; a longer one would fire at once. */
const MOST_MS = 2 ** 31 - 1

/**
 * Sends a request to a server outside of the process, and returns its response. Whatever is wrong with the
 * request, the connection or the response, the promise rejects: nothing is thrown elsewhere.
 * @throws OutsideTimeout after `limits.ms`; Error beyond `limits.bytes`, or as Node says
 */
export function sendOutside(
  target: Omit<RequestOptions, 'headers'> & {
    readonly url?: string
    readonly headers?: Readonly<Record<string, string>>
  },
  body: string | undefined,
  limits: OutsideLimits,
): Promise<OutsideResponse> {
  return new Promise((resolve, reject) => {
    const { url, ...options } = target
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const asked: RequestOptions = { ...options, headers: { ...target.headers, ...length } }
    // throws for a port, a path or a certificate that Node does not take; within a promise, that rejects it
    const sent =
      url === undefined
        ? requestSecure(asked)
        : (url.startsWith('http:') ? requestPlain : requestSecure)(url, asked)
    // bounded: MOST_MS
    const timer = setTimeout(
      () => sent.destroy(new OutsideTimeout('context deadline exceeded')),
      Math.min(Math.max(limits.ms, 0), MOST_MS),
    )
    const fail = (error: Error): void => {
      clearTimeout(timer)
      reject(error)
    }
    sent.on('error', fail)
    sent.on('response', (response) => {
      const parts: Buffer[] = []
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size > limits.bytes)
          return sent.destroy(new Error(`the response has more than ${limits.bytes} bytes`))
        parts.push(part)
      })
      response.on('error', fail)
      response.on('end', () => {
        clearTimeout(timer)
        resolve({ code: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') })
      })
    })
    sent.end(body)
  })
}
