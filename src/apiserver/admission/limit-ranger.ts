import type {
  Container,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
} from '../../api/core/generated.js'
import type { Draft } from '../../api/draft.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'
import { claimFaults, podFaults } from './limit-range-rules.js'

const ANNOTATION = 'kubernetes.io/limit-ranger'

/**
 * Gives containers the default requests and limits of the namespace's LimitRanges, and refuses pods and
 * claims outside of their bounds. Source: plugin/pkg/admission/limitranger/admission.go.
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'pods/resize', 'persistentvolumeclaims'],
  mutate: (attributes, context) => {
    if (attributes.operation !== 'CREATE' || attributes.definition.resource !== 'pods') return
    for (const range of rangesOf(attributes, context))
      setDefaults(attributes.object as unknown as Draft<Pod>, range)
  },
  validate: (attributes, context) => {
    if (!isLimited(attributes)) return
    for (const range of rangesOf(attributes, context)) check(attributes, range)
  },
}

/** The containers of a pod change only through `resize`; claims may grow. */
function isLimited({ operation, definition, subresource, object }: AdmissionAttributes): boolean {
  if (operation === 'CREATE') return subresource === ''
  if (operation !== 'UPDATE' || object?.metadata.deletionTimestamp !== undefined) return false
  return definition.resource === 'pods' ? subresource === 'resize' : subresource === ''
}

function rangesOf({ namespace }: AdmissionAttributes, context: AdmissionContext): readonly LimitRange[] {
  return context.list<LimitRange>('limitranges', namespace)
}

function check(attributes: AdmissionAttributes, { spec }: LimitRange): void {
  const { definition, name, object } = attributes
  const faults = spec.limits.flatMap((limit) =>
    definition.resource === 'pods'
      ? podFaults(limit, object as Pod)
      : claimFaults(limit, object as PersistentVolumeClaim),
  )
  if (faults.length === 0) return
  const distinct = [...new Set(faults)]
  throw forbidden(
    definition,
    name,
    distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`,
  )
}

/** Source: PodMutateLimitFunc. */
function setDefaults(pod: Draft<Pod>, { spec: { limits } }: LimitRange): void {
  const items = limits.filter(({ type }) => type === 'Container')
  const { containers, initContainers = [] } = pod.spec
  const done = [
    ...containers.flatMap((container) => fill(container, items, 'container')),
    ...initContainers.flatMap((container) => fill(container, items, 'init container')),
  ]
  if (done.length === 0) return
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${done.join('; ')}`,
  }
}

/** Fills in what a container does not say; answers in words what that was. */
function fill(
  container: Draft<Container>,
  items: readonly LimitRangeItem[],
  what: string,
): readonly string[] {
  const parts = [
    ['requests', 'request', 'defaultRequest'],
    ['limits', 'limit', 'default'],
  ] as const
  return parts.flatMap(([field, word, preset]) => {
    const given = container.resources?.[field] ?? {}
    const presets: Readonly<Record<string, string>> = Object.assign(
      {},
      ...items.map((item) => item[preset] ?? {}),
    )
    const names = Object.keys(presets)
      .filter((name) => !Object.hasOwn(given, name))
      .sort()
    if (names.length === 0) return []
    const added = Object.fromEntries(names.map((name) => [name, presets[name] as string]))
    container.resources = { ...container.resources, [field]: { ...given, ...added } }
    return [`${names.join(', ')} ${word} for ${what} ${container.name}`]
  })
}
