import type { Pod, Toleration } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { AdmissionPlugin } from './plugin.js'

const SECONDS = 300
const ADDED: readonly Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map(
  (key) => Object.freeze({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }),
)

/**
 * Makes a pod tolerate for five minutes that its node is not ready or unreachable, unless it has tolerations
 * for that. Source: plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  mutate: ({ object }) => {
    const pod = object as unknown as Draft<Pod>
    const given = pod.spec.tolerations ?? []
    const missing = ADDED.filter(
      ({ key }) => !given.some((toleration) => speaksOf(toleration, key as string)),
    )
    if (missing.length === 0) return
    // an update may share the stored spec, which is frozen
    if (Object.isFrozen(pod.spec)) pod.spec = { ...pod.spec }
    pod.spec.tolerations = [...given, ...missing] as Draft<Toleration>[]
  },
}

function speaksOf({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === 'NoExecute' || !effect)
}
