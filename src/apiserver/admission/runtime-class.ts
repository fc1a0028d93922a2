import { quote } from '../../lang/go/quote.js'
import type { Pod, Toleration } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { RuntimeClass } from '../../api/node/generated.js'
import { sameLists } from '../../api/quota/resource-list.js'
import { requestNameFault } from '../../api/validation/names.js'
import { wasSentEmpty } from '../../api/schema/sent-empty.js'
import { forbidden, untypedError } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

/**
 * Copies overhead, node selector and tolerations of the RuntimeClass to its pods. Source:
 * plugin/pkg/admission/runtimeclass/admission.go.
 */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  mutate: (attributes, context) => {
    if (attributes.operation !== 'CREATE') return
    const found = classOf(attributes, context)
    if (found === undefined) return
    setOverhead(attributes, found)
    setScheduling(attributes, found)
  },
  validate: (attributes, context) => {
    if (attributes.operation !== 'CREATE') return
    const { spec } = attributes.object as Pod
    const hasOverhead = spec.overhead !== undefined || wasSentEmpty(spec, 'overhead')
    if (hasOverhead && classOf(attributes, context)?.overhead?.podFixed === undefined) {
      throw reject(attributes, 'Pod Overhead set without corresponding RuntimeClass defined Overhead')
    }
  },
}

const refuse = ({ definition, name }: AdmissionAttributes, why: string): Error =>
  forbidden(definition, name, why)
const reject = (attributes: AdmissionAttributes, why: string): Error =>
  refuse(attributes, `pod rejected: ${why}`)

function classOf(attributes: AdmissionAttributes, context: AdmissionContext): RuntimeClass | undefined {
  const { runtimeClassName } = (attributes.object as Pod).spec
  if (runtimeClassName === undefined) return undefined
  const found = context.get<RuntimeClass>('runtimeclasses', '', runtimeClassName)
  if (found !== undefined) return found
  const fault = requestNameFault(runtimeClassName)
  throw fault === undefined
    ? reject(attributes, `RuntimeClass ${quote(runtimeClassName)} not found`)
    : untypedError(fault)
}

function setOverhead(attributes: AdmissionAttributes, { overhead }: RuntimeClass): void {
  const { spec } = attributes.object as unknown as Draft<Pod>
  if (overhead?.podFixed === undefined) return
  if (spec.overhead !== undefined && Object.keys(spec.overhead).length > 0) {
    if (!sameLists(spec.overhead, overhead.podFixed)) {
      throw reject(attributes, "Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    }
    return
  }
  spec.overhead = { ...overhead.podFixed }
}

function setScheduling(attributes: AdmissionAttributes, { scheduling }: RuntimeClass): void {
  const { spec } = attributes.object as unknown as Draft<Pod>
  if (scheduling === undefined) return
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key]
    if (own !== undefined && own !== value) {
      const text =
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; ` +
        `pod.spec.nodeSelector[${key}] = ${own}`
      throw refuse(attributes, text)
    }
  }
  if (scheduling.nodeSelector !== undefined)
    spec.nodeSelector = { ...spec.nodeSelector, ...scheduling.nodeSelector }
  const added = (scheduling.tolerations ?? []).filter(
    (toleration) => !(spec.tolerations ?? []).some((known) => semanticEqual(known, toleration)),
  )
  if (added.length > 0)
    spec.tolerations = [
      ...(spec.tolerations ?? []),
      ...added.map((toleration): Draft<Toleration> => ({ ...toleration })),
    ]
}
