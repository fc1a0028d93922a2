import { autoscalingSchema } from '../../api/autoscaling/generated.js'
import type { Scale } from '../../api/autoscaling/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { applyConfig } from '../apply/apply-config.js'
import type { TrackedKind } from '../apply/field-manager.js'
import { trackUpdate } from '../apply/field-manager.js'
import type { Managers } from '../apply/managers.js'
import { parentManagers, scaleManagers, type ReplicasPath } from '../apply/scale-fields.js'
import { shapeOf } from '../apply/shape.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { decodeBody } from '../registry/decode-body.js'
import { emptyObject, trackedWrite } from '../registry/managed-fields.js'
import { applyPatch, readPatched } from '../registry/patch.js'

/** The kind that all scale endpoints serve. */
export const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

/** The Scale that a write requests, and the managers of the scaled object after it. */
export interface RequestedScale {
  readonly scale: Scale
  readonly managers: Managers
}

/**
 * Decodes a PUT, PATCH or apply of a Scale. `live` is the current Scale; `parent` is the scaled object, with
 * its replicas at `pathOf` in each version. Throws ApiError. Source: pkg/registry/apps/deployment/storage
 * scaleUpdatedObjectInfo, managedfields/scalehandler.go.
 */
export function requestedScale(
  context: RegistryContext,
  call: RegistryRequest,
  live: KubeObject,
  parent: KubeObject,
  pathOf: ReplicasPath,
): RequestedScale {
  const message = autoscalingSchema.message('Scale')
  const kind: TrackedKind = {
    apiVersion: 'autoscaling/v1',
    shape: shapeOf(message),
    inVersion: () => undefined,
  }
  const before = parent.metadata.managedFields ?? []
  const managers = scaleManagers(before, pathOf)
  const write = { ...trackedWrite(context, call), filter: {} }
  const { patch, body } = call.request
  const expected = { apiVersion: kind.apiVersion, kind: SCALE.kind }
  const finish = (scale: Scale, after: Managers): RequestedScale => ({
    scale,
    managers: context.managedFields ? parentManagers(before, after, call.resource.apiVersion, pathOf) : [],
  })
  if (patch?.type === 'apply') {
    const empty = emptyObject(message)
    const applied = applyConfig({
      kind,
      kindText: 'autoscaling/v1, Kind=Scale',
      write,
      live,
      empty,
      managers,
      config: patch.body,
      force: call.request.options.force === true || !context.managedFields,
    })
    return finish(
      readPatched<Scale>(context, call, { ...expected, message }, patch, applied.object ?? live, live),
      applied.managers,
    )
  }
  // the managers are part of the object that is patched, which an error shows
  const shown = withManagers(live, managers)
  const scale =
    patch === undefined
      ? (decodeBody<Scale & KubeObject>(call, context.resources, body, { ...SCALE, message }) as Scale)
      : readPatched<Scale>(
          context,
          call,
          { ...expected, message },
          patch,
          applyPatch({ message }, live, patch),
          shown,
          applyPatch({ message }, shown, patch),
        )
  return finish(scale, managers.length === 0 ? managers : trackUpdate(kind, write, live, scale, managers))
}

const withManagers = (live: KubeObject, managers: Managers): KubeObject =>
  managers.length === 0
    ? live
    : ({ ...live, metadata: { ...live.metadata, managedFields: managers } } as KubeObject)
