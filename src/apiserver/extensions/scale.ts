import { autoscalingSchema } from '../../api/autoscaling/generated.js'
import type { Scale } from '../../api/autoscaling/generated.js'
import { valueAt } from '../../api/apiextensions/scale-paths.js'
import type { CustomDefinition, KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { decode } from '../../api/schema/decode.js'
import { DecodeError } from '../../api/schema/decode-error.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { isPlainObject, setOwn } from '../../api/schema/plain-json.js'
import { badRequest, conflict, internalError, invalid, notFound, STALE } from '../errors.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { decodeBody } from '../registry/decode-body.js'
import { applyPatch } from '../registry/patch.js'
import { load } from '../registry/stored.js'
import { writeUpdate } from '../registry/update.js'

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

type Paths = NonNullable<CustomDefinition['scale']>

/** GET of a custom resource's scale. Source: apiextensions pkg/registry/customresource/etcd.go ScaleREST. */
export function getCustomScale(context: RegistryContext, call: Call): KubeObject {
  const { object, paths } = find(context, call)
  const { scale, hasReplicas } = scaleOf(object, paths)
  if (!hasReplicas) throw internalError(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`)
  return scale
}

/** PUT or PATCH of a custom resource's scale: changes the number at its path. */
export function updateCustomScale(context: RegistryContext, call: Call): KubeObject {
  const { object, paths } = find(context, call)
  const { metadata, spec } = requested(context, call, scaleOf(object, paths).scale)
  if (metadata.name !== undefined && metadata.name !== call.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${call.name})`)
  }
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== object.metadata.resourceVersion) {
    throw conflict(call.resource, call.name, STALE)
  }
  const replicas = spec?.replicas ?? 0
  if (replicas < 0) throw invalid(SCALE, call.name, [invalidField('spec.replicas', replicas, 'must be greater than or equal to 0')])
  const draft = { ...withValue(object, paths.specReplicasPath, replicas), metadata: { ...object.metadata } } as unknown as Draft<KubeObject>
  return scaleOf(writeUpdate(context, { ...call, subresource: '' }, draft, object), paths).scale
}

function find(context: RegistryContext, { resource, namespace, name }: Call): { readonly object: KubeObject; readonly paths: Paths } {
  const object = load(context, resource, namespace, name)
  if (object === undefined) throw notFound(resource, name)
  return { object, paths: resource.definition.custom?.scale as Paths }
}

function requested(context: RegistryContext, call: Call, scale: KubeObject): Scale {
  const message = autoscalingSchema.message('Scale')
  const { patch, body } = call.request
  if (patch === undefined) return decodeBody<Scale & KubeObject>(call, context.resources, body, { ...SCALE, message }) as Scale
  try {
    return decode<Scale>(message, applyPatch({ ...call.resource, message }, scale, patch)).object
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(error.message) : error
  }
}

function withValue(object: object, path: string, value: number): object {
  const [name = '', ...rest] = path.split('.').slice(1)
  const copy: Record<string, unknown> = { ...object }
  const inner = Object.hasOwn(copy, name) ? copy[name] : undefined
  setOwn(copy, name, rest.length === 0 ? value : withValue(isPlainObject(inner) ? inner : {}, `.${rest.join('.')}`, value))
  return copy
}

function scaleOf(object: KubeObject, paths: Paths): { readonly scale: KubeObject; readonly hasReplicas: boolean } {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = valueAt(object, paths.specReplicasPath)
  const current = valueAt(object, paths.statusReplicasPath)
  const selector = paths.labelSelectorPath === undefined ? undefined : valueAt(object, paths.labelSelectorPath)
  const scale = deepFreeze({
    kind: 'Scale', apiVersion: 'autoscaling/v1', metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: typeof current === 'number' ? current : 0, ...(typeof selector === 'string' && selector !== '' ? { selector } : {}) },
  }) as unknown as KubeObject
  return { scale, hasReplicas: typeof replicas === 'number' }
}
