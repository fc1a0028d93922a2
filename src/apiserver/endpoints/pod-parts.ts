import type { Container, Pod } from '../../api/core/generated.js'
import {
  validateEphemeralContainersUpdate,
  validatePodResize,
} from '../../api/core/validation/pod-parts-update.js'
import { borrow } from '../../api/kind/define.js'
import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import type { FieldError } from '../../api/field-error.js'
import type { RegistryRequest } from '../registry/context.js'

/** The rules of an endpoint that writes a part of a pod's spec: which part, and how it is validated. */
interface PartRules {
  /** Returns the old pod with the part that the endpoint may change from the new one. */
  readonly merge: (next: Pod, old: Pod) => Pod['spec']
  readonly validate: (next: Pod, old: Pod) => readonly FieldError[]
}

/**
 * Returns the call with the rules of `pods/ephemeralcontainers` or `pods/resize` instead of those of pods.
 */
export function withPartRules(call: RegistryRequest): RegistryRequest {
  const rules = call.subresource === 'resize' ? resize : ephemeralContainers
  const original = call.resource.definition as unknown as KindDefinition<Pod>
  const definition: KindDefinition<Pod> = {
    ...original,
    validateUpdate: rules.validate,
    strategy: {
      ...original.strategy,
      prepareForUpdate: (draft: Draft<Pod>, old) => {
        draft.spec = borrow(rules.merge(draft as Pod, old))
        draft.status = borrow(old.status)
      },
    },
  }
  return {
    ...call,
    resource: { ...call.resource, definition: definition as unknown as KindDefinition<KubeObject> },
  }
}

/**
 * Source: pkg/registry/core/pod/strategy.go podEphemeralContainersStrategy,
 * ValidatePodEphemeralContainersUpdate.
 */
const ephemeralContainers: PartRules = {
  merge: (next, { spec }) => {
    const { ephemeralContainers: added } = next.spec
    const { ephemeralContainers: _, ...rest } = spec
    return added === undefined ? rest : { ...rest, ephemeralContainers: added }
  },
  validate: validateEphemeralContainersUpdate,
}

/** Source: podResizeStrategy, ValidatePodResize. */
const resize: PartRules = {
  merge: (next, { spec }) => {
    const { initContainers: init, ...rest } = spec
    const after = resized(next.spec.initContainers ?? [], init ?? [])
    const containers = resized(next.spec.containers, spec.containers)
    return { ...rest, containers, ...(after.length > 0 ? { initContainers: after } : {}) }
  },
  validate: validatePodResize,
}

/** Known containers get their new resources; others stay for the validation to refuse. */
function resized(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return next.map((after): Container => {
    const before = old.find(({ name }) => name === after.name)
    if (before === undefined) return after
    const { resources, resizePolicy } = after
    const { resources: _resources, resizePolicy: _policy, ...rest } = before
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) }
  })
}
