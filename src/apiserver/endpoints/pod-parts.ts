import { validateEphemeralContainers } from '../../api/core/validation/containers.js'
import type { Container, EphemeralContainer, Pod } from '../../api/core/generated.js'
import { validatePod } from '../../api/core/validation/pod-spec.js'
import { computeQosClass } from '../../api/core/qos.js'
import { borrow } from '../../api/define.js'
import type { KindDefinition, KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { semanticEqual } from '../../api/equal.js'
import { forbidden, invalid, type FieldError } from '../../api/field-error.js'
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
  validate: ({ spec }, { spec: before }) => {
    const errors: FieldError[] = []
    const path = 'spec.ephemeralContainers'
    validateEphemeralContainers(spec, path, errors)
    const containers = spec.ephemeralContainers ?? []
    const now = new Map<string, EphemeralContainer>(
      containers.map((container) => [container.name, container]),
    )
    for (const old of before.ephemeralContainers ?? []) {
      const next = now.get(old.name)
      const fault = next === undefined ? 'removed' : semanticEqual(next, old) ? undefined : 'changed'
      if (fault === undefined) continue
      errors.push(
        forbidden(path, `existing ephemeral containers ${JSON.stringify(old.name)} may not be ${fault}\n`),
      )
    }
    return errors
  },
}

const MUTABLE = new Set(['cpu', 'memory'])

/** Source: podResizeStrategy, ValidatePodResize. */
const resize: PartRules = {
  merge: (next, { spec }) => ({
    ...spec,
    containers: resized(next.spec.containers, spec.containers),
    ...(spec.initContainers === undefined
      ? {}
      : { initContainers: resized(next.spec.initContainers ?? [], spec.initContainers) }),
  }),
  validate: (next, old) => {
    // ephemeral containers are validated when they are added
    const { ephemeralContainers: _, ...spec } = next.spec
    const errors: FieldError[] = [...validatePod({ ...next, spec })]
    if (computeQosClass(next) !== computeQosClass(old)) {
      errors.push(
        invalid('spec', old.status?.qosClass, 'Pod QOS Class may not change as a result of resizing'),
      )
    }
    const others = [...old.spec.containers, ...(old.spec.initContainers ?? [])].some((before) => {
      const after = [...next.spec.containers, ...(next.spec.initContainers ?? [])].find(
        ({ name }) => name === before.name,
      )
      return !semanticEqual(otherResources(after), otherResources(before))
    })
    if (others) errors.push(forbidden('spec', 'only cpu and memory resources are mutable'))
    return errors
  },
}

function resized(next: readonly Container[], old: readonly Container[]): readonly Container[] {
  return old.map((before): Container => {
    const after = next.find(({ name }) => name === before.name)
    if (after === undefined) return before
    const { resources, resizePolicy } = after
    const { resources: _resources, resizePolicy: _policy, ...rest } = before
    return { ...rest, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) }
  })
}

/** Returns the limits and requests except for cpu and memory. */
function otherResources(container: Container | undefined): object {
  const others = (list: Readonly<Record<string, string>> | undefined): object =>
    Object.fromEntries(Object.entries(list ?? {}).filter(([name]) => !MUTABLE.has(name)))
  return { limits: others(container?.resources?.limits), requests: others(container?.resources?.requests) }
}
