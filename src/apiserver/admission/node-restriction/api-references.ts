import type { Minor } from '../../../api/releases.js'
import type { Pod, Volume } from '../../../api/core/generated.js'

/** First minor that looks at every kind of reference (PreventStaticPodAPIReferences). */
const ALL_REFERENCES_SINCE: Minor = 34

/**
 * What objects of the API a pod refers to, as the refusal of a mirror pod names it; undefined when none.
 * Source: pkg/api/pod/util.go HasAPIObjectReference; before v1.34 plugin/pkg/admission/noderestriction
 * admitPodCreate.
 */
export function apiReference(pod: Pod, minor: Minor): string | undefined {
  const all = minor >= ALL_REFERENCES_SINCE
  const { serviceAccountName = '', resourceClaims = [], volumes = [] } = pod.spec
  if (serviceAccountName !== '') return all ? 'serviceaccounts' : 'a service account'
  if (namesSecret(pod)) return 'secrets'
  if (namesConfigMap(pod)) return 'configmaps'
  if (all && resourceClaims.length > 0) return 'resourceclaims'
  if (
    !all &&
    volumes.some(({ projected }) =>
      projected?.sources?.some(({ clusterTrustBundle }) => clusterTrustBundle !== undefined),
    )
  ) {
    return 'clustertrustbundles'
  }
  for (const volume of volumes) {
    const found = all
      ? ofVolume(volume)
      : volume.persistentVolumeClaim === undefined
        ? undefined
        : 'persistentvolumeclaims'
    if (found !== undefined) return found
  }
  return undefined
}

function ofVolume({
  csi,
  glusterfs,
  persistentVolumeClaim,
  ephemeral,
  projected,
}: Volume): string | undefined {
  if (csi !== undefined) return 'csidrivers (via CSI volumes)'
  if (glusterfs !== undefined) return 'endpoints (via glusterFS volumes)'
  if (persistentVolumeClaim !== undefined) return 'persistentvolumeclaims'
  if (ephemeral !== undefined) return 'persistentvolumeclaims (via ephemeral volumes)'
  for (const { serviceAccountToken, clusterTrustBundle, podCertificate } of projected?.sources ?? []) {
    if (serviceAccountToken !== undefined) return 'serviceaccounts (via projected volumes)'
    if (clusterTrustBundle !== undefined) return 'clustertrustbundles'
    if (podCertificate !== undefined) return 'podcertificates'
  }
  return undefined
}

type AnyContainer = Pod['spec']['containers'][number]

const containersOf = ({ spec }: Pod): readonly AnyContainer[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as readonly AnyContainer[]),
]

/** Source: pkg/api/v1/pod/util.go VisitPodSecretNames. */
function namesSecret(pod: Pod): boolean {
  const { imagePullSecrets = [], volumes = [] } = pod.spec
  return (
    imagePullSecrets.length > 0 ||
    containersOf(pod).some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) ||
        envFrom.some(({ secretRef }) => secretRef !== undefined),
    ) ||
    volumes.some(
      ({ azureFile, cephfs, cinder, flexVolume, projected, rbd, secret, scaleIO, iscsi, storageos, csi }) =>
        azureFile !== undefined ||
        secret !== undefined ||
        projected?.sources?.some((source) => source.secret !== undefined) === true ||
        [cephfs, cinder, flexVolume, rbd, scaleIO, iscsi, storageos].some(
          (source) => source?.secretRef !== undefined,
        ) ||
        csi?.nodePublishSecretRef !== undefined,
    )
  )
}

/** Source: pkg/api/v1/pod/util.go VisitPodConfigmapNames. */
function namesConfigMap(pod: Pod): boolean {
  return (
    containersOf(pod).some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.configMapKeyRef !== undefined) ||
        envFrom.some(({ configMapRef }) => configMapRef !== undefined),
    ) ||
    (pod.spec.volumes ?? []).some(
      ({ configMap, projected }) =>
        configMap !== undefined ||
        projected?.sources?.some((source) => source.configMap !== undefined) === true,
    )
  )
}
