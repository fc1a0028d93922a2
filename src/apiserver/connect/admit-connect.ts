import type { KubeObject } from '../../api/kind/definition.js'
import type { RegistryContext, RegistryRequest } from '../registry/context.js'
import { attributesOf } from '../registry/context.js'

/**
 * Asks admission whether a connection may be opened. Plugins see the options of the request as its object, of
 * a kind of their own (`PodExecOptions`). Source: apiserver pkg/endpoints/handlers/rest.go ConnectResource.
 * @throws ApiError if a plugin refuses.
 */
export function admitConnect(context: RegistryContext, call: RegistryRequest, options: object): void {
  const { definition } = call.resource
  const { kind = definition.kind } =
    definition.subresources.find(({ name }) => name === call.subresource) ?? {}
  const object = { kind, apiVersion: 'v1', ...options } as unknown as KubeObject
  const attributes = attributesOf(call, 'CONNECT', object, undefined)
  context.admission.mutate(attributes)
  context.admission.validate(attributes)
}
