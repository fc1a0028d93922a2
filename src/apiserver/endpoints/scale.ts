import { parseApiVersion } from '../../api/api-version.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { selectorText } from '../../api/selectors/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import type { ReplicasPath } from '../apply/scale-fields.js'
import { validateObjectMeta } from '../../api/meta/validation.js'
import { subdomainName } from '../../api/validation/names.js'
import { badRequest, conflict, invalid, notFound, STALE } from '../errors.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { setManagers } from '../registry/managed-fields.js'
import { dropRepeatedOwners } from '../registry/owner-references.js'
import { load } from '../registry/stored.js'
import { preconditionFailed, writeUpdate } from '../registry/update.js'
import { requestedScale, SCALE } from './requested-scale.js'

interface Workload extends KubeObject {
  /** The selector of a ReplicationController is a plain map. */
  readonly spec: {
    readonly replicas?: number
    readonly selector?: LabelSelector | Readonly<Record<string, string>>
  }
  readonly status: { readonly replicas?: number }
}

const scaleRules = { namespaced: true, validateName: subdomainName, anyFinalizer: () => false }

/** GET deployments|replicasets/NAME/scale. */
export function getScale(context: RegistryContext, call: RegistryRequest): KubeObject {
  return scaleOf(find(context, call))
}

/**
 * PUT or PATCH of scale: changes spec.replicas of the workload. Source: pkg/registry/apps/deployment/storage
 * ScaleREST.
 */
export function updateScale(context: RegistryContext, call: RegistryRequest): KubeObject {
  const workload = find(context, call)
  const {
    scale: { metadata, spec },
    managers,
  } = requestedScale(context, call, scaleOf(workload), workload, replicasPath(context, call))
  // nothing keeps the owners of a Scale
  dropRepeatedOwners(call, { metadata: { ...metadata } } as Draft<KubeObject>)
  if (metadata.uid !== undefined && metadata.uid !== workload.metadata.uid)
    throw preconditionFailed(call, 'UID', metadata.uid, workload.metadata.uid)
  if (metadata.name === undefined) {
    throw badRequest(
      `the name of the object (${call.name} based on URL) was undeterminable: name must be provided`,
    )
  }
  if (metadata.name !== call.name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${call.name})`,
    )
  }
  const { resourceVersion } = metadata
  if (resourceVersion !== undefined && resourceVersion !== workload.metadata.resourceVersion) {
    throw conflict(call.resource, call.name, STALE)
  }
  const replicas = spec?.replicas ?? 0
  const faults = [
    ...validateObjectMeta(metadata ?? {}, scaleRules),
    ...(replicas < 0 ? [invalidField('spec.replicas', replicas, 'must be greater than or equal to 0')] : []),
  ]
  if (faults.length > 0) throw invalid(SCALE, call.name, faults)
  const draft = {
    ...workload,
    metadata: { ...workload.metadata },
    spec: { ...workload.spec, replicas },
  } as unknown as Draft<KubeObject>
  setManagers(draft, managers)
  return scaleOf(writeUpdate(context, { ...call, subresource: '' }, draft, workload) as Workload)
}

/** All versions of a workload have their replicas at one path. */
function replicasPath(
  { resources }: RegistryContext,
  { resource: { resource, prefix } }: RegistryRequest,
): ReplicasPath {
  return (apiVersion) => {
    const { group, version } = parseApiVersion(apiVersion)
    return resources.at(group, version, resource)?.prefix === prefix ? ['f:spec', 'f:replicas'] : undefined
  }
}

function find(context: RegistryContext, { resource, namespace, name }: RegistryRequest): Workload {
  const workload = load(context, resource, namespace, name)
  if (workload === undefined) throw notFound(resource, name)
  return workload as Workload
}

function scaleOf({ kind, metadata, spec, status }: Workload): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata
  const replicas = spec.replicas ?? 0
  // as upstream converts a selector: labels first, then expressions
  const isMap = kind === 'ReplicationController'
  const selector = selectorText(
    isMap ? { matchLabels: spec.selector as Readonly<Record<string, string>> } : (spec.selector ?? {}),
  )
  return deepFreeze({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: status.replicas ?? 0, ...(selector === '' ? {} : { selector }) },
  }) as KubeObject
}
