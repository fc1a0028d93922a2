import type { Claim, Claims } from './claim.js'
import { labelsOf, namespaceOfObject } from './cluster.js'
import { asksFor, meets, selects } from './demands.js'
import { has, raw, text, type Raw } from './raw.js'

const empty: Raw = {}

/** The selectors of an entry, whatever its kind: of namespaces and of pods; undefined where there is none. */
function selectorsOf({ entry, scene }: Claim): { readonly namespaces: unknown, readonly pods: unknown } {
  if (scene.sort === 'NetworkPolicy') {
    return { namespaces: has(entry, 'namespaceSelector') ? entry['namespaceSelector'] : undefined, pods: has(entry, 'podSelector') ? entry['podSelector'] : undefined }
  }
  if (has(entry, 'namespaces')) return { namespaces: entry['namespaces'], pods: {} }
  if (!has(entry, 'pods')) return { namespaces: undefined, pods: undefined }
  const both = raw(entry['pods'])
  return { namespaces: both['namespaceSelector'] ?? {}, pods: both['podSelector'] ?? {} }
}

function hasSelectors(claim: Claim): boolean {
  const { namespaces, pods } = selectorsOf(claim)
  return namespaces !== undefined || pods !== undefined
}

const otherLabels = ({ scene }: Claim): Raw => (scene.otherPod === undefined ? empty : labelsOf(scene.otherPod))

function otherNamespaceLabels({ scene }: Claim): Raw {
  return scene.otherPod === undefined ? empty : scene.cluster.namespaceLabels(namespaceOfObject(scene.otherPod))
}

/** Whether the selector asks for what the trial names, and the labels do not have it. */
export function isUnmet({ trial: { requirement, actual } }: Claim, selector: unknown, labels: Raw): boolean {
  if (requirement === undefined || selector === undefined || !asksFor(selector, requirement) || meets(labels, requirement)) return false
  return actual === (has(labels, requirement.key) ? text(labels, requirement.key) : null)
}

function podIsSelected(claim: Claim): boolean {
  const { scene: { otherPod }, home } = claim
  const { namespaces, pods } = selectorsOf(claim)
  if (otherPod === undefined || !hasSelectors(claim)) return false
  const isNamespaceRight = namespaces === undefined ? namespaceOfObject(otherPod) === home : selects(namespaces, otherNamespaceLabels(claim))
  return isNamespaceRight && selects(pods, otherLabels(claim))
}

/** What is said of the pod at the other end. */
export const podClaims: Claims<'podSelected' | 'podLabels' | 'namespaceLabels' | 'otherNamespace' | 'notAPod'> = {
  podSelected: podIsSelected,
  podLabels: (claim) => claim.scene.otherPod !== undefined && isUnmet(claim, selectorsOf(claim).pods, otherLabels(claim)),
  namespaceLabels: (claim) => claim.scene.otherPod !== undefined && isUnmet(claim, selectorsOf(claim).namespaces, otherNamespaceLabels(claim)),
  otherNamespace: (claim) => {
    const { scene: { otherPod, sort }, home, trial } = claim
    const { namespaces, pods } = selectorsOf(claim)
    if (sort !== 'NetworkPolicy' || otherPod === undefined || namespaces !== undefined || pods === undefined) return false
    return namespaceOfObject(otherPod) !== home && trial.actual === namespaceOfObject(otherPod)
  },
  notAPod: (claim) => hasSelectors(claim) && claim.scene.otherPod === undefined,
}
