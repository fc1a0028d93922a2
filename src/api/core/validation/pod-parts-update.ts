import { semanticEqual } from '../../kind/equal.js'
import { quote } from '../../../lang/go/quote.js'
import { forbidden, invalid, type FieldError } from '../../field-error.js'
import { internalDiff } from '../../kind/internal-diff.js'
import type { Container, Pod, PodSpec } from '../generated.js'
import { computeQosClass } from '../pods/qos.js'
import { validatePodAndSpec } from './pod-spec.js'
import { validateAnnotationUpdate } from './pod-update.js'

const mirrorAnnotation = 'kubernetes.io/config.mirror'
const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[mirrorAnnotation] !== undefined

/**
 * Validates a write to `pods/ephemeralcontainers`, which only adds containers. Source:
 * ValidatePodEphemeralContainersUpdate.
 */
export function validateEphemeralContainersUpdate(next: Pod, old: Pod): readonly FieldError[] {
  if (isMirror(old)) return [forbidden('', 'static pods do not support ephemeral containers')]
  const errors: FieldError[] = []
  validatePodAndSpec(next, errors, old)
  validateAnnotationUpdate(next, old, errors)
  const path = 'spec.ephemeralContainers'
  const now = new Map(next.spec.ephemeralContainers?.map((container) => [container.name, container]))
  for (const before of old.spec.ephemeralContainers ?? []) {
    const after = now.get(before.name)
    const which = `existing ephemeral containers ${quote(before.name)} may not be`
    if (after === undefined) errors.push(forbidden(path, `${which} removed\n`))
    else if (!semanticEqual(after, before)) {
      const diff = internalDiff('core.v1.EphemeralContainer', before, after)
      errors.push(forbidden(path, `${which} changed\n${diff}`))
    }
  }
  return errors
}

const hasOwnResources = ({ spec }: Pod): boolean =>
  Object.keys({ ...spec.resources?.requests, ...spec.resources?.limits }).length > 0

/** Validates a write to `pods/resize`. Source: ValidatePodResize. */
export function validatePodResize(next: Pod, old: Pod): readonly FieldError[] {
  if (hasOwnResources(old) || hasOwnResources(next))
    return [forbidden('', 'pods with pod-level resources cannot be resized')]
  if (isMirror(old)) return [forbidden('', 'static pods cannot be resized')]
  if (old.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')]
  const errors: FieldError[] = []
  validatePodAndSpec(next, errors, old)
  if (computeQosClass(next) !== computeQosClass(old)) {
    const text = 'Pod QOS Class may not change as a result of resizing'
    errors.push(invalid('spec', old.status.qosClass ?? '', text))
  }
  if (!isSupported(old)) errors.push(forbidden('spec', 'Pod running on node without support for resize'))
  const known = errors.length
  for (const list of ['initContainers', 'containers'] as const)
    validateSameContainers(next.spec[list] ?? [], old.spec[list] ?? [], list, errors)
  if (errors.length > known) return errors
  for (const list of ['initContainers', 'containers'] as const)
    validateAmounts(next.spec, old.spec, list, errors)
  validateOthers(next.spec, old.spec, errors)
  return errors
}

function validateSameContainers(
  next: readonly Container[],
  old: readonly Container[],
  list: List,
  errors: FieldError[],
): void {
  if (next.length !== old.length) {
    errors.push(forbidden(`spec.${list}`, `${list} may not be added or removed on resize`))
    return
  }
  next.forEach(({ name }, index) => {
    if (name !== old[index]?.name)
      errors.push(
        forbidden(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`),
      )
  })
}

/**
 * The kubelet of a running container tells its resources if it can resize. Source:
 * isPodResizeRequestSupported.
 */
function isSupported({ status }: Pod): boolean {
  const running = status.containerStatuses?.find(({ state }) => state?.running !== undefined)
  return running === undefined || running.resources !== undefined
}

type List = 'containers' | 'initContainers'

/** Source: validateContainerResize. */
function validateAmounts(next: PodSpec, old: PodSpec, list: List, errors: FieldError[]): void {
  old[list]?.forEach((container, index) => {
    if (list === 'initContainers' && container.restartPolicy !== 'Always') return
    const { resources: after = {} } = next[list]?.[index] ?? container
    const { resources: before = {} } = container
    const path = `spec.${list}[${index}].resources`
    for (const kind of ['requests', 'limits'] as const)
      if (Object.keys(before[kind] ?? {}).some((name) => !Object.hasOwn(after[kind] ?? {}, name)))
        errors.push(forbidden(`${path}.${kind}`, `resource ${kind} cannot be removed`))
  })
}

/** Only cpu and memory change, and those of sidecars but not of other init containers. */
function validateOthers(next: PodSpec, old: PodSpec, errors: FieldError[]): void {
  const check = (list: List, isMutable: (container: Container) => boolean, text: string): void => {
    next[list]?.forEach((container, index) => {
      const before = old[list]?.[index]
      if (before === undefined) return
      const after = isMutable(container) ? withOldAmounts(container, before) : container
      const message = isMutable(container) ? text : 'resources for non-sidecar init containers are immutable'
      if (!semanticEqual(after, before)) errors.push(forbidden('spec', message))
    })
  }
  check('containers', () => true, 'only cpu and memory resources are mutable')
  const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always'
  check('initContainers', isSidecar, 'only cpu and memory resources for sidecar containers are mutable')
}

/** Source: dropCPUMemoryResourcesFromContainer. */
function withOldAmounts(container: Container, old: Container): Container {
  const merged = (kind: 'limits' | 'requests'): object => {
    const before = old.resources?.[kind]
    if (before === undefined) return {}
    const { cpu: _cpu, memory: _memory, ...others } = container.resources?.[kind] ?? {}
    const kept = ['cpu', 'memory'].filter((name) => Object.hasOwn(before, name))
    return { [kind]: { ...others, ...Object.fromEntries(kept.map((name) => [name, before[name]])) } }
  }
  return { ...container, resources: { ...merged('limits'), ...merged('requests') } }
}
