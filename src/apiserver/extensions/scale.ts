import { quote } from '../../lang/go/quote.js'
import { parseApiVersion } from '../../api/api-version.js'
import { valueAt } from '../../api/apiextensions/custom/scale-paths.js'
import type { CustomDefinition, KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { isPlainObject, setOwn } from '../../lang/json/plain-json.js'
import { fieldElement } from '../apply/path-element.js'
import type { ReplicasPath } from '../apply/scale-fields.js'
import { isApiError } from '../../client/api-error.js'
import { requestedScale, type RequestedScale } from '../endpoints/requested-scale.js'
import { badRequest, conflict, internalError, notFound, STALE } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { setManagers } from '../registry/managed-fields.js'
import { load } from '../registry/stored.js'
import { writeUpdate } from '../registry/update.js'

type Paths = NonNullable<CustomDefinition['scale']>

/** GET of a custom resource's scale. Source: apiextensions pkg/registry/customresource/etcd.go ScaleREST. */
export function getCustomScale(context: RegistryContext, call: RegistryRequest): KubeObject {
  const { object, paths } = find(context, call)
  const { scale, hasReplicas } = scaleOf(object, paths)
  if (!hasReplicas)
    throw internalError(`the spec replicas field ${quote(paths.specReplicasPath)} does not exist`)
  return scale
}

/** PUT or PATCH of a custom resource's scale: changes the number at its path. */
export function updateCustomScale(context: RegistryContext, call: RegistryRequest): KubeObject {
  const { object, paths } = find(context, call)
  const live = scaleOf(object, paths).scale
  const {
    scale: { metadata, spec },
    managers,
  } = asked(context, call, live, object)
  if (metadata.name !== undefined && metadata.name !== call.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${call.name})`,
    )
  }
  if (
    metadata.resourceVersion !== undefined &&
    metadata.resourceVersion !== object.metadata.resourceVersion
  ) {
    throw conflict(call.resource, call.name, STALE)
  }
  const replicas = spec?.replicas ?? 0
  const draft = {
    ...withValue(object, paths.specReplicasPath, replicas),
    metadata: { ...object.metadata },
  } as unknown as Draft<KubeObject>
  setManagers(draft, managers)
  return scaleOf(writeUpdate(context, { ...call, subresource: '' }, draft, object), paths).scale
}

/** Decodes the request. A Scale that cannot be decoded has no kind in the scheme of custom resources. */
function asked(
  context: RegistryContext,
  call: RegistryRequest,
  live: KubeObject,
  object: KubeObject,
): RequestedScale {
  try {
    return requestedScale(context, call, live, object, replicasPath(context, call))
  } catch (error) {
    if (!isApiError(error) || !error.message.startsWith('Scale in version "v1" cannot be handled'))
      throw error
    throw badRequest(`no kind is registered for the type v1.Scale in scheme "${NO_SCALE_SCHEME}"`)
  }
}

const NO_SCALE_SCHEME = 'k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go:730'

function find(
  context: RegistryContext,
  { resource, namespace, name }: RegistryRequest,
): { readonly object: KubeObject; readonly paths: Paths } {
  const object = load(context, resource, namespace, name)
  if (object === undefined) throw notFound(resource, name)
  return { object, paths: resource.definition.custom?.scale as Paths }
}

/**
 * Returns the path of the replicas in each version of the kind. Versions may differ, and some may have no
 * scale.
 */
function replicasPath(
  { resources }: RegistryContext,
  { resource: { resource, group, prefix } }: RegistryRequest,
): ReplicasPath {
  return (apiVersion) => {
    const other = resources.at(group, parseApiVersion(apiVersion).version, resource)
    if (other === undefined || other.prefix !== prefix || other.apiVersion !== apiVersion) return undefined
    return other.definition.custom?.scale?.specReplicasPath.split('.').slice(1).map(fieldElement) ?? null
  }
}

function withValue(object: object, path: string, value: number): object {
  const [name = '', ...rest] = path.split('.').slice(1)
  const copy: Record<string, unknown> = { ...object }
  const inner = Object.hasOwn(copy, name) ? copy[name] : undefined
  setOwn(
    copy,
    name,
    rest.length === 0 ? value : withValue(isPlainObject(inner) ? inner : {}, `.${rest.join('.')}`, value),
  )
  return copy
}

function scaleOf(
  object: KubeObject,
  paths: Paths,
): { readonly scale: KubeObject; readonly hasReplicas: boolean } {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = valueAt(object, paths.specReplicasPath)
  const current = valueAt(object, paths.statusReplicasPath)
  const selector =
    paths.labelSelectorPath === undefined ? undefined : valueAt(object, paths.labelSelectorPath)
  const scale = deepFreeze({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: {
      replicas: typeof current === 'number' ? current : 0,
      ...(typeof selector === 'string' && selector !== '' ? { selector } : {}),
    },
  }) as unknown as KubeObject
  return { scale, hasReplicas: typeof replicas === 'number' }
}
