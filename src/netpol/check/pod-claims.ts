import type { Claim, Claims } from './claim.js'
import { labelsOf, namespaceOfObject } from './cluster.js'
import { asksFor, meets, selects } from './demands.js'
import { has, raw, text, type Raw } from './raw.js'

/** Returns the namespace and pod selectors of an entry; null or undefined where absent. */
function selectorsOf({ entry, scene: { sort } }: Claim): {
  readonly namespaces: unknown
  readonly pods: unknown
} {
  if (sort === 'NetworkPolicy') return { namespaces: entry['namespaceSelector'], pods: entry['podSelector'] }
  const both = raw(entry['pods'])
  // an absent selector matches everything here
  return has(entry, 'namespaces')
    ? { namespaces: entry['namespaces'], pods: {} }
    : { namespaces: both['namespaceSelector'] ?? {}, pods: both['podSelector'] ?? {} }
}

const isOfHome = ({ policy }: Claim, pod: Raw): boolean =>
  namespaceOfObject(pod) === namespaceOfObject(policy)

/** Returns whether the selector contains the requirement named by the trial and the labels do not meet it. */
export function isUnmet({ trial: { requirement, actual } }: Claim, selector: unknown, labels: Raw): boolean {
  if (requirement === undefined || !asksFor(selector, requirement) || meets(labels, requirement)) return false
  return actual === (has(labels, requirement.key) ? text(labels, requirement.key) : null)
}

/** Checks of claims about the pod at the other end. */
export const podClaims: Claims<
  'podSelected' | 'podLabels' | 'namespaceLabels' | 'otherNamespace' | 'notAPod'
> = {
  podSelected: (claim) => {
    const { cluster, otherPod } = claim.scene
    if (otherPod === undefined) return false
    const { namespaces, pods } = selectorsOf(claim)
    const isThere =
      (namespaces ?? undefined) === undefined
        ? isOfHome(claim, otherPod)
        : selects(namespaces, cluster.namespaceLabels(namespaceOfObject(otherPod)))
    return isThere && selects(pods, labelsOf(otherPod))
  },
  podLabels: (claim) => {
    const { otherPod } = claim.scene
    return otherPod !== undefined && isUnmet(claim, selectorsOf(claim).pods, labelsOf(otherPod))
  },
  namespaceLabels: (claim) => {
    const { cluster, otherPod } = claim.scene
    return (
      otherPod !== undefined &&
      isUnmet(claim, selectorsOf(claim).namespaces, cluster.namespaceLabels(namespaceOfObject(otherPod)))
    )
  },
  otherNamespace: (claim) => {
    const {
      entry,
      scene: { otherPod },
      trial,
    } = claim
    if (otherPod === undefined || has(entry, 'namespaceSelector')) return false
    return !isOfHome(claim, otherPod) && trial.actual === namespaceOfObject(otherPod)
  },
  notAPod: ({ scene }) => scene.otherPod === undefined,
}
