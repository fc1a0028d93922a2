import { partial } from '../../support/typed.js'
import type { Pod, Toleration } from '../../../src/api/core/generated.js'

/** Tolerations of the two taints of lost nodes, `seconds` long; without a limit if undefined. */
export function tolerateLoss(seconds: number | undefined): readonly Toleration[] {
  return ['not-ready', 'unreachable'].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
  }))
}

type Tolerations = readonly Toleration[]

/** A pod in `default` on a node. */
export function podOn(
  node: string,
  name: string,
  tolerations: Tolerations = tolerateLoss(300),
  more: object = {},
): Pod {
  const spec = { nodeName: node, containers: [{ name: 'c', image: 'img:1' }], tolerations }
  return partial<Pod>({ metadata: { name, namespace: 'default', ...more }, spec })
}
