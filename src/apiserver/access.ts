import { quote } from '../lang/go/quote.js'
import { FieldSelectorError, parseFieldSelector } from '../api/selectors/fields.js'
import { ApiError } from '../client/api-error.js'
import type { UserInfo } from '../client/client.js'
import { forbidden } from './errors.js'
import type { AccessAttributes, ResourceAttributes } from './authorization/authorizer.js'
import type { ApiRequest, NonResourceRequest } from './request.js'

/**
 * Returns the attributes of a request for authorizers. A Namespace counts as in itself, and a list limited to
 * one name by a field selector has that name. Source: apiserver pkg/endpoints/request/requestinfo.go.
 */
export function attributesOfRequest(request: ApiRequest | NonResourceRequest): AccessAttributes {
  if ('path' in request) return request
  const {
    verb,
    options: { fieldSelector },
  } = request
  if (request.resource === 'namespaces' && request.group === '' && request.name !== undefined) {
    return { ...request, namespace: request.name }
  }
  if (fieldSelector === undefined || fieldSelector === '' || request.name !== undefined || !isOfMany(verb))
    return request
  const name = nameIn(fieldSelector)
  return name === undefined ? { ...request, fieldSelector } : { ...request, fieldSelector, name }
}

const isOfMany = (verb: string): boolean => verb === 'list' || verb === 'watch' || verb === 'deletecollection'

/** Returns the name to which a field selector is limited. */
function nameIn(selector: string): string | undefined {
  if (!selector.includes('metadata.name')) return undefined
  try {
    const term = parseFieldSelector(selector).find(
      ({ field, operator }) => field === 'metadata.name' && operator === '=',
    )
    return term?.value === '' ? undefined : term?.value
  } catch (error) {
    if (error instanceof FieldSelectorError) return undefined
    throw error
  }
}

/**
 * Returns the 403 of a denied request: `pods is forbidden: User "jane" cannot list resource "pods" in API
 * group "" in the namespace "default"`, `forbidden: User "jane" cannot get path "/metrics"`; the authorizer's
 * reason follows after a colon. Source: apiserver pkg/endpoints/handlers/responsewriters/errors.go.
 */
export function accessDenied({ name: user }: UserInfo, attributes: AccessAttributes, reason = ''): ApiError {
  const suffix = reason === '' ? '' : `: ${reason}`
  if ('path' in attributes) {
    const text = `forbidden: User ${quote(user)} cannot ${attributes.verb} path ${quote(attributes.path)}`
    return new ApiError(403, 'Forbidden', text + suffix, {})
  }
  const { verb, group, resource, namespace = '', name = '' } = attributes
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const text =
    `User "${user}" cannot ${verb} resource "${fullResource(attributes)}" in API group "${group}" ` +
    `${scope}`
  return forbidden({ group, resource }, name, text + suffix)
}

/** `pods`, `pods/log` */
function fullResource({ resource, subresource }: ResourceAttributes): string {
  return subresource === undefined || subresource === '' ? resource : `${resource}/${subresource}`
}
