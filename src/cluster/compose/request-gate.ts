import type { ObjectKey } from '../../client/client.js'

/** A request of a component on its way to the apiserver. */
export interface GatedRequest {
  readonly component: string
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | 'watch'
  readonly resource: string
  readonly subresource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
}

/**
 * Stands between components and the apiserver. It calls `send`, at most once, and returns its result; or it
 * throws instead of sending (the request is lost), or afterwards (the response is lost).
 */
export type RequestGate = <T>(request: GatedRequest, send: () => T) => T

/** Returns the request of a component that a client method makes. */
export function gatedRequest(
  component: string,
  verb: GatedRequest['verb'],
  resource: string,
  key: ObjectKey = {},
  subresource?: string,
): GatedRequest {
  return { component, verb, resource, subresource, namespace: key.namespace, name: key.name }
}
