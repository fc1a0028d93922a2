import type { Claim, Claims } from './context.js'
import { labelsOf, namespaceOfObject, has, raw, text } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'
import { hasRequirement, meets, selects } from './label-selectors.js'

/** Returns the namespace and pod selectors of an entry; null or undefined where absent. */
function selectorsOf({ entry, context: { sort } }: Claim): {
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

const isOfHome = ({ policy }: Claim, pod: JsonMap): boolean =>
  namespaceOfObject(pod) === namespaceOfObject(policy)

/** Returns whether the selector contains the requirement named by the trial and the labels do not meet it. */
export function isUnmet(
  { trial: { requirement, actual } }: Claim,
  selector: unknown,
  labels: JsonMap,
): boolean {
  if (requirement === undefined || !hasRequirement(selector, requirement) || meets(labels, requirement))
    return false
  return actual === (has(labels, requirement.key) ? text(labels, requirement.key) : null)
}

/** Checks of claims about the pod at the other end. */
export const podClaims: Claims<
  'podSelected' | 'podLabels' | 'namespaceLabels' | 'otherNamespace' | 'notAPod'
> = {
  podSelected: (claim) => {
    const { cluster, otherPod } = claim.context
    if (otherPod === undefined) return false
    const { namespaces, pods } = selectorsOf(claim)
    const isThere =
      (namespaces ?? undefined) === undefined
        ? isOfHome(claim, otherPod)
        : selects(namespaces, cluster.namespaceLabels(namespaceOfObject(otherPod)))
    return isThere && selects(pods, labelsOf(otherPod))
  },
  podLabels: (claim) => {
    const { otherPod } = claim.context
    return otherPod !== undefined && isUnmet(claim, selectorsOf(claim).pods, labelsOf(otherPod))
  },
  namespaceLabels: (claim) => {
    const { cluster, otherPod } = claim.context
    return (
      otherPod !== undefined &&
      isUnmet(claim, selectorsOf(claim).namespaces, cluster.namespaceLabels(namespaceOfObject(otherPod)))
    )
  },
  otherNamespace: (claim) => {
    const {
      entry,
      context: { otherPod },
      trial,
    } = claim
    if (otherPod === undefined || has(entry, 'namespaceSelector')) return false
    return !isOfHome(claim, otherPod) && trial.actual === namespaceOfObject(otherPod)
  },
  notAPod: ({ context }) => context.otherPod === undefined,
}
