import type { Pod } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { PriorityClass } from '../../api/scheduling/generated.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

/**
 * Sets a pod's priority from its priorityClassName, and allows at most one global default class. Source:
 * plugin/pkg/admission/priority/admission.go.
 */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  resources: ['pods', 'priorityclasses'],
  mutate: (attributes, context) => {
    if (attributes.definition.resource !== 'pods') return
    if (attributes.operation === 'CREATE') admitPod(attributes, context)
    if (attributes.operation === 'UPDATE') keepPriority(attributes)
  },
  validate: (attributes, context) => {
    if (attributes.definition.resource === 'priorityclasses' && attributes.operation !== 'DELETE') {
      checkDefault(attributes, context)
    }
  },
}

function admitPod(attributes: AdmissionAttributes, context: AdmissionContext): void {
  const { spec } = attributes.object as unknown as Draft<Pod>
  const found = classOf(attributes, spec.priorityClassName, context)
  if (spec.priorityClassName === undefined && found !== undefined)
    spec.priorityClassName = found.metadata.name as string
  const value = found?.value ?? 0
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority'
  if (spec.priority !== undefined && spec.priority !== value) {
    throw refuse(
      attributes,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
        `priority admission controller computed ${value} from the given PriorityClass name`,
    )
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    throw refuse(
      attributes,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ` +
        `priority admission controller computed ${policy} from the given PriorityClass name`,
    )
  }
  spec.priority = value
  spec.preemptionPolicy = policy
}

function classOf(
  attributes: AdmissionAttributes,
  name: string | undefined,
  context: AdmissionContext,
): PriorityClass | undefined {
  if (name === undefined) {
    const defaults = context
      .list<PriorityClass>('priorityclasses')
      .filter(({ globalDefault }) => globalDefault === true)
    return defaults.reduce<PriorityClass | undefined>(
      (least, next) => (least === undefined || next.value < least.value ? next : least),
      undefined,
    )
  }
  const found = context.get<PriorityClass>('priorityclasses', '', name)
  if (found === undefined) throw refuse(attributes, `no PriorityClass with name ${name} was found`)
  return found
}

const refuse = ({ definition, name }: AdmissionAttributes, why: string): Error =>
  forbidden(definition, name, why)

/** Restores the fields that an old client, which does not know them, has dropped. */
function keepPriority({ object, old }: AdmissionAttributes): void {
  const pod = object as unknown as Draft<Pod>
  const { spec } = pod
  const { spec: before } = old as unknown as Pod
  if (spec.priority === undefined && before.priority !== undefined)
    pod.spec = { ...pod.spec, priority: before.priority }
  if (spec.preemptionPolicy === undefined && before.preemptionPolicy !== undefined) {
    pod.spec = { ...pod.spec, preemptionPolicy: before.preemptionPolicy }
  }
}

function checkDefault(attributes: AdmissionAttributes, context: AdmissionContext): void {
  const next = attributes.object as PriorityClass
  if (next.globalDefault !== true) return
  const other = context
    .list<PriorityClass>('priorityclasses')
    .find(({ globalDefault }) => globalDefault === true)
  if (other === undefined || other.metadata.name === next.metadata.name) return
  throw refuse(
    attributes,
    `PriorityClass ${other.metadata.name as string} is already marked as default. Only one default can exist`,
  )
}
