import type { Taint, Toleration } from '../generated.js'

/** Whether one toleration tolerates one taint. Source: component-helpers scheduling/corev1 ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

/** Tolerations up to which each is compared with each taint. */
const FEW = 16
const indexes = new WeakMap<readonly Toleration[], ReadonlyMap<string, number>>()

/** Returns the first toleration that tolerates a taint. Thousands of both take no more than their sum. */
export function toleratedBy(
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): Toleration | undefined {
  if (tolerations === undefined || tolerations.length <= FEW)
    return tolerations?.find((toleration) => tolerates(toleration, taint))
  let places = indexes.get(tolerations)
  if (places === undefined) indexes.set(tolerations, (places = placesOf(tolerations)))
  let first = Infinity
  for (const effect of [taint.effect, ''])
    for (const key of [
      placeKey(taint.key, EXISTS, effect),
      placeKey('', EXISTS, effect),
      placeKey(taint.key, taint.value ?? '', effect),
    ])
      first = Math.min(first, places.get(key) ?? Infinity)
  return tolerations[first]
}

/** What no value of a toleration is. */
const EXISTS = '\0'
const placeKey = (key: string, value: string, effect: string): string => `${key}\n${value}\n${effect}`

/** The first place of each key, value and effect that tolerations have. */
function placesOf(tolerations: readonly Toleration[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [at, { key = '', operator, value = '', effect = '' }] of tolerations.entries()) {
    if (operator !== 'Exists' && key === '') continue
    const place = placeKey(key, operator === 'Exists' ? EXISTS : value, effect)
    if (!places.has(place)) places.set(place, at)
  }
  return places
}

/** Returns the first taint with one of the effects that no toleration tolerates. */
export function findUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  counts: (taint: Taint) => boolean,
): Taint | undefined {
  return taints?.find((taint) => counts(taint) && toleratedBy(tolerations, taint) === undefined)
}
