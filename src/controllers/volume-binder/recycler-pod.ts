import type { PersistentVolume, Pod } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'

const PREFIX = 'recycler-for-'
const GIB = 1024 ** 3
/**
 * Seconds at least, and for each GiB: `--pv-recycler-minimum-timeout-*`, `--pv-recycler-increment-timeout-*`.
 */
const HOST_PATH = { minimum: 60, increment: 30 }
const NFS = { minimum: 300, increment: 30 }
const SCRUB =
  'test -e /scrub && rm -rf /scrub/..?* /scrub/.[!.]* /scrub/*  && test -z "$(ls -A /scrub)" || exit 1'

/** Name of the pod that empties a volume, in namespace default. */
export function recyclerPodName(volume: string): string {
  return `${PREFIX}${volume}`
}

/** The volume that a pod empties; undefined for any other pod. */
export function recycledBy({ metadata: { namespace, name = '' } }: Pod): string | undefined {
  return namespace === 'default' && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined
}

/** The pod that empties a volume. Source: pkg/volume/plugins.go NewPersistentVolumeRecyclerPodTemplate. */
export function recyclerPod({ metadata, spec }: PersistentVolume): Pod {
  const { hostPath, nfs } = spec
  const { minimum, increment } = hostPath ? HOST_PATH : NFS
  const source = hostPath ? { hostPath } : { nfs }
  return {
    metadata: { namespace: 'default', name: recyclerPodName(metadata.name as string) },
    spec: {
      activeDeadlineSeconds: Math.max(
        minimum,
        Math.floor(quantityValue(spec.capacity?.['storage'] ?? '0') / GIB) * increment,
      ),
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', ...source }],
      containers: [
        {
          name: 'pv-recycler',
          image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.4',
          command: ['/bin/sh'],
          args: ['-c', SCRUB],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
    status: {},
  } as unknown as Pod
}
