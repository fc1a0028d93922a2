import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import type { Finding, Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'

/** A violation would let two claims share their data. */
export const claimsAndVolumes: Invariant = {
  name: 'claims-and-volumes',
  rule:
    'No volume is bound by two claims; at rest, a bound claim and its volume name each other, unless ' +
    'the binder does not run.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    if (!stored.isControllerRunning('persistentvolume-binder-controller')) return []
    const volumes = new Map(
      stored.list('persistentvolumes').map((volume) => [volume.metadata.name as string, volume]),
    )
    const owners = new Map<string, PersistentVolumeClaim>()
    return stored.list('persistentvolumeclaims').flatMap((claim): Finding[] => {
      const {
        spec: { volumeName = '' },
        status,
      } = claim
      if (volumeName === '' || status.phase !== 'Bound') return []
      const other = owners.get(volumeName)
      owners.set(volumeName, claim)
      const message =
        other === undefined
          ? faultOf(claim, volumes.get(volumeName))
          : `volume ${volumeName} is bound by another claim, too`
      const objects = [claim, ...(other === undefined ? [] : [other])].map((each) =>
        referenceTo('persistentvolumeclaims', each),
      )
      return message === undefined ? [] : [{ message, objects }]
    })
  },
}

function faultOf(
  { metadata }: PersistentVolumeClaim,
  volume: PersistentVolume | undefined,
): string | undefined {
  if (volume === undefined) return 'it is bound, and its volume is gone'
  const uid = volume.spec.claimRef?.uid
  return uid === metadata.uid
    ? undefined
    : `its volume ${volume.metadata.name ?? ''} is that of ${uid ?? 'nobody'}`
}
