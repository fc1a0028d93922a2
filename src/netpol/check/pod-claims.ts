import type { Claim, Claims } from './claim.js'
import { labelsOf, namespaceOfObject } from './cluster.js'
import { asksFor, meets, selects } from './demands.js'
import { has, raw, text, type Raw } from './raw.js'

/** The selectors of an entry, of namespaces and of pods; null or undefined where there is none. */
function selectorsOf({ entry, scene: { sort } }: Claim): {
  readonly namespaces: unknown
  readonly pods: unknown
} {
  if (sort === 'NetworkPolicy') return { namespaces: entry['namespaceSelector'], pods: entry['podSelector'] }
  const both = raw(entry['pods'])
  // absent ones select everything here
  return has(entry, 'namespaces')
    ? { namespaces: entry['namespaces'], pods: {} }
    : { namespaces: both['namespaceSelector'] ?? {}, pods: both['podSelector'] ?? {} }
}

const isOfHome = ({ policy }: Claim, pod: Raw): boolean =>
  namespaceOfObject(pod) === namespaceOfObject(policy)

/** Whether the selector asks for what the trial names, and the labels do not have it. */
export function isUnmet({ trial: { requirement, actual } }: Claim, selector: unknown, labels: Raw): boolean {
  if (requirement === undefined || !asksFor(selector, requirement) || meets(labels, requirement)) return false
  return actual === (has(labels, requirement.key) ? text(labels, requirement.key) : null)
}

/** What is said of the pod at the other end. */
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
