import type { Status } from '../../client/api-error.js'
import {
  createWhileTerminating,
  methodNotAllowed,
  noStrategicPatch,
  noSuchPath,
  notFound,
} from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { createObject } from '../registry/create.js'
import { getCustomScale, updateCustomScale } from '../extensions/scale.js'
import { deleteCollection } from '../registry/delete-collection.js'
import { deleteObject, type Deleted } from '../registry/delete.js'
import { patchObject } from '../registry/patch.js'
import { getObject, listObjects } from '../registry/read.js'
import { updateObject, type WriteResult } from '../registry/update.js'
import { reviewLocalAccess, reviewOwnAccess, reviewSubjectAccess } from './access-review.js'
import { bindPod } from './binding.js'
import { getComponentStatus, listComponentStatuses } from './component-status.js'
import { evictPod } from './eviction.js'
import { finalizeNamespace } from './finalize.js'
import { withPartRules } from './pod-parts.js'
import { proxyTo } from './proxy.js'
import { reviewSelf, reviewToken, reviewOwnRules } from './reviews.js'
import { getScale, updateScale } from './scale.js'
import { requestToken } from './token-request.js'
import { getMetrics, listMetrics } from './usage-metrics.js'
import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { approvalRules } from '../../api/certificates/certificate-signing-request.js'
import type { KindDefinition } from '../../api/kind/definition.js'
import { erase } from '../../api/kind/served-as.js'

/** The result of an endpoint: an object, a list or a Status, and the HTTP code. */
export interface EndpointResult {
  readonly code: number
  readonly object: object | Status
}

type Endpoint = (context: RegistryContext, call: RegistryRequest) => EndpointResult

const ok = (object: object): EndpointResult => ({ code: 200, object })
const created = (object: object): EndpointResult => ({ code: 201, object })

const written = ({ object, created: isNew }: WriteResult): EndpointResult =>
  isNew ? created(object) : ok(object)

/** 202 for what stays until its dependents are gone, only for clients that asked for that in the old form. */
const deleted = ({ object, gone }: Deleted, orphanDependents: boolean | undefined): EndpointResult =>
  !gone && orphanDependents === false ? { code: 202, object } : ok(object)

/** The verbs of a resource itself and of its `/status`. */
const generic: Readonly<Record<string, Endpoint>> = {
  get: (context, call) => ok(getObject(context, call)),
  list: (context, call) => ok(listObjects(context, call)),
  create: (context, call) => created(createObject(context, call)),
  update: (context, call) => written(updateObject(context, call)),
  patch: (context, call) => written(patchObject(context, call)),
  delete: (context, call) => deleted(deleteObject(context, call), call.request.options.orphanDependents),
  deletecollection: (context, call) => ok(deleteCollection(context, call)),
}

const scale: Readonly<Record<string, Endpoint>> = {
  get: (context, call) => ok(getScale(context, call)),
  update: (context, call) => ok(updateScale(context, call)),
  patch: (context, call) => ok(updateScale(context, call)),
}

/** Handles every verb with one function; OPTIONS has none. */
const proxy: Readonly<Record<string, Endpoint>> = Object.fromEntries(
  ['get', 'create', 'update', 'patch', 'delete', ''].map(
    (verb) => [verb, (context, call) => ok(proxyTo(context, call))] as const,
  ),
)

/** The endpoints that write a part of a pod's spec. */
const podPart: Readonly<Record<string, Endpoint>> = {
  get: (context, call) => ok(getObject(context, call)),
  update: (context, call) => ok(updateObject(context, withPartRules(call)).object),
  patch: (context, call) => written(patchObject(context, withPartRules(call))),
}

/** Subresources with their own rules, by `subresource` or `resource/subresource`. */
const special: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  scale,
  'services/proxy': proxy,
  'pods/proxy': proxy,
  'nodes/proxy': proxy,
  'pods/binding': { create: (context, call) => created(bindPod(context, call)) },
  'pods/eviction': { create: (context, call) => created(evictPod(context, call)) },
  'pods/ephemeralcontainers': podPart,
  'pods/resize': podPart,
  'serviceaccounts/token': { create: (context, call) => created(requestToken(context, call)) },
  'certificatesigningrequests/approval': {
    get: (context, call) => ok(getObject(context, call)),
    update: (context, call) => ok(updateObject(context, withApprovalRules(call)).object),
    patch: (context, call) => written(patchObject(context, withApprovalRules(call))),
  },
  'namespaces/finalize': { update: (context, call) => ok(finalizeNamespace(context, call)) },
  status: {
    get: (context, call) => ok(getObject(context, call)),
    update: (context, call) => ok(updateObject(context, call).object),
    patch: (context, call) => written(patchObject(context, call)),
  },
}

/** Subresources of custom resources with their own rules. */
const customSpecial: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  scale: {
    get: (context, call) => ok(getCustomScale(context, call)),
    update: (context, call) => ok(updateCustomScale(context, call)),
    patch: (context, call) => ok(updateCustomScale(context, call)),
  },
}

/** Resources that are not stored. `POST bindings` is the same as `POST pods/NAME/binding`. */
const collections: Readonly<Record<string, Endpoint>> = {
  'get componentstatuses': (context, call) => ok(getComponentStatus(context, call)),
  'list componentstatuses': (context, call) => ok(listComponentStatuses(context, call)),
  'create subjectaccessreviews': (context, call) => created(reviewSubjectAccess(context, call)),
  'create localsubjectaccessreviews': (context, call) => created(reviewLocalAccess(context, call)),
  'create selfsubjectaccessreviews': (context, call) => created(reviewOwnAccess(context, call)),
  'create selfsubjectrulesreviews': (context, call) => created(reviewOwnRules(context, call)),
  'create selfsubjectreviews': (context, call) => created(reviewSelf(context, call)),
  'create tokenreviews': (context, call) => created(reviewToken(context, call)),
  'create bindings': (context, call) =>
    created(bindPod(context, { ...call, resource: context.resources.get('pods'), subresource: 'binding' })),
}

/** The API group of the metrics-server. */
const METRICS_GROUP = 'metrics.k8s.io'

/** The endpoints of that group. */
const usageMetrics: Readonly<Record<string, Endpoint>> = {
  get: (context, call) => ok(getMetrics(context, call)),
  list: (context, call) => ok(listMetrics(context, call)),
}

/**
 * Runs the endpoint of a call. Throws 404 for an unknown subresource and 405 for a verb that it does not
 * support.
 */
export function dispatch(context: RegistryContext, call: RegistryRequest): EndpointResult {
  const {
    resource,
    subresource,
    request: { verb, patch },
  } = call
  if (patch?.type === 'strategic' && resource.definition.custom !== undefined) throw noStrategicPatch()
  if (subresource === '') {
    const { custom, verbs } = resource.definition
    const own =
      custom !== undefined
        ? undefined
        : resource.group === METRICS_GROUP
          ? usageMetrics[verb]
          : collections[`${verb} ${resource.resource}`]
    const endpoint = own ?? (allows(verbs, verb) ? generic[verb] : undefined)
    if (endpoint === undefined) throw methodNotAllowed()
    if (verb === 'create' && custom?.terminating === true) throw createWhileTerminating()
    return endpoint(context, call)
  }
  const known = resource.definition.subresources.find(({ name }) => name === subresource)
  if (known === undefined)
    throw resource.definition.custom === undefined
      ? noSuchPath()
      : notFound(resource, call.request.name ?? '')
  const isCustom = resource.definition.custom !== undefined
  const own = isCustom ? customSpecial[subresource] : special[`${resource.resource}/${subresource}`]
  const endpoint = (own ?? special[subresource])?.[verb]
  // a method without a verb, which only the proxy has, is not in discovery
  const isListed = (verb as string) === '' ? endpoint !== undefined : allows(known.verbs, verb)
  if (!isListed) throw methodNotAllowed()
  if (endpoint !== undefined) return endpoint(context, call)
  // listed in discovery, but not implemented
  getObject(context, call)
  throw methodNotAllowed()
}

const allows = (verbs: readonly string[], verb: string): boolean => verbs.includes(verb)

/**
 * Returns the call with the rules of `certificatesigningrequests/approval` instead of those of the kind: only
 * conditions may change.
 */
function withApprovalRules(call: RegistryRequest): RegistryRequest {
  const original = call.resource.definition as unknown as KindDefinition<CertificateSigningRequest>
  const { prepareForUpdate } = approvalRules.strategy
  const definition: KindDefinition<CertificateSigningRequest> = {
    ...original,
    ...approvalRules,
    strategy: { ...original.strategy, ...(prepareForUpdate && { prepareForUpdate }) },
  }
  return { ...call, resource: { ...call.resource, definition: erase(definition) } }
}
