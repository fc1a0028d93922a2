/**
 * The 500s that the real apiserver answers as well, by the message of their Status: an apply patch that does
 * not fit the schema or its Go type, a resourceVersion that is no number, an object whose kind is not that of
 * the path, and an object that etcd does not take.
 */
const UPSTREAM_500 =
  /^(failed to create typed patch object|failed to convert new object|resourceVersion: Invalid value|no kind |etcdserver: request is too large)/

/** Whether the body of a 500 is one that the real server has, too. */
export function isUpstream500(body: string): boolean {
  return UPSTREAM_500.test(/message"?: ?"?(.*)/.exec(body)?.[1] ?? '')
}
