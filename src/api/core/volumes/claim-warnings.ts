import type { PersistentVolumeClaimSpec } from '../generated.js'
import { shownQuantities } from '../../schema/huge-quantities.js'
import { isFractionalBytes } from '../resource-lists.js'

/**
 * Returns the `Warning:` texts of the spec of a claim or of a claim template. Source:
 * pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaimSpec.
 */
export function claimSpecWarnings({ resources }: PersistentVolumeClaimSpec, path: string): readonly string[] {
  return (['requests', 'limits'] as const).flatMap((list) => {
    const amount = resources[list]?.['storage']
    if (amount === undefined || !isFractionalBytes(amount)) return []
    const text = `fractional byte value "${shownQuantities(amount)}" is invalid, must be an integer`
    return [`${path}.resources.${list}[storage]: ${text}`]
  })
}
