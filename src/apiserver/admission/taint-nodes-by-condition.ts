import type { Node } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { AdmissionPlugin } from './plugin.js'

const NOT_READY = 'node.kubernetes.io/not-ready'

/**
 * Taints a new node as not ready, until the node controller has seen it ready. Source:
 * plugin/pkg/admission/nodetaint/admission.go.
 */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  mutate: ({ operation, object }) => {
    if (operation !== 'CREATE') return
    const node = object as unknown as Draft<Node>
    const taints = node.spec?.taints ?? []
    if (taints.some(({ key, effect }) => key === NOT_READY && effect === 'NoSchedule')) return
    node.spec = { ...node.spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] }
  },
}
