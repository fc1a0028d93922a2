import { decodeProtobuf } from '../../src/api/protobuf/protobuf.js'
import { isEnvelope } from '../../src/api/protobuf/unknown.js'
import type { HttpResponse } from '../../src/client/http.js'

/**
 * The 500s that the real apiserver answers as well, by the message of their Status: an apply patch that does
 * not fit the schema or its Go type, a resourceVersion that is no number, an object whose kind is not that of
 * the path, and an object that etcd does not take.
 */
const UPSTREAM_500 =
  /^(failed to create typed patch object|failed to convert new object|resourceVersion: Invalid value|no kind |etcdserver: request is too large)/

/** Whether the text of a 500 is one that the real server has, too. */
export function isUpstream500(text: string): boolean {
  return UPSTREAM_500.test(/message"?: ?"?(.*)/.exec(text)?.[1] ?? '')
}

/** What a response says, in whatever form; protobuf as JSON. */
export function responseText({ body, bytes }: Pick<HttpResponse, 'body' | 'bytes'>): string {
  if (bytes === undefined || !isEnvelope(bytes)) return body
  return JSON.stringify(decodeProtobuf(bytes, { apiVersion: 'v1', kind: 'Status' }))
}
