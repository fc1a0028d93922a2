import type { Pod, Toleration } from '../../api/core/generated.js'
import type { Draft } from '../../api/draft.js'
import type { AdmissionPlugin } from '../ports.js'

const SECONDS = 300
const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/**
 * A pod tolerates that its node is not ready or unreachable for five minutes, unless it says something about that itself.
 * Source: plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  mutate: ({ object }) => {
    const pod = object as unknown as Draft<Pod>
    const { spec } = pod
    const missing = TAINTS.filter((taint) => !spec.tolerations?.some((toleration) => speaksOf(toleration, taint)))
    if (missing.length === 0) return
    const added =
      missing.map((key) => ({ key, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds: SECONDS }))
    pod.spec = { ...spec, tolerations: [...spec.tolerations ?? [], ...added] }
  },
}

function speaksOf({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect)
}
