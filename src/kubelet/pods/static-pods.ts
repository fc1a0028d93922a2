import type { Container, Pod } from '../../api/core/generated.js'
import { setPodDefaults } from '../../api/core/pod-defaults.js'
import type { Draft } from '../../api/draft.js'
import { formatTime } from '../../api/time.js'
import { stableHex } from '../stable-hex.js'

/** Annotations of pods that do not come from the API. Source: pkg/kubelet/types/pod_update.go. */
export const CONFIG = {
  source: 'kubernetes.io/config.source',
  seen: 'kubernetes.io/config.seen',
  hash: 'kubernetes.io/config.hash',
  mirror: 'kubernetes.io/config.mirror',
} as const

/** UID of the static pod that a mirror pod in the API stands for. */
export function mirroredUid(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[CONFIG.mirror]
}

/** UID of a static pod: a hash over the manifest, the node and the file. */
export function staticPodUid(manifest: Pod, file: string, node: string): string {
  return stableHex(`${node} ${file} ${JSON.stringify(manifest)}`, 32)
}

/**
 * The pod that a manifest on a node's disk stands for: named after the node, bound to it, tolerating every
 * NoExecute taint, with defaults filled in. Source: pkg/kubelet/config/common.go applyDefaults,
 * tryDecodeSinglePod.
 */
export function staticPod(manifest: Pod, uid: string, node: string, now: number): Pod {
  const pod = structuredClone(manifest) as Draft<Pod>
  const { metadata } = pod
  metadata.uid = uid
  metadata.name = `${metadata.name ?? ''}-${node.toLowerCase()}`
  metadata.namespace ??= 'default'
  const seen = `${formatTime(now).slice(0, -1)}.000000000Z`
  metadata.annotations = {
    ...metadata.annotations,
    [CONFIG.hash]: uid,
    [CONFIG.seen]: seen,
    [CONFIG.source]: 'file',
  }
  pod.spec.nodeName = node
  pod.spec.tolerations = [...(pod.spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }]
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers] as Partial<
    Draft<Container>
  >[])
    container.resources ??= {}
  setPodDefaults(pod)
  return { ...(pod as Pod), status: {} }
}

/**
 * The mirror of a static pod that the kubelet creates in the API. Source: pkg/kubelet/pod/mirror_client.go
 * CreateMirrorPod.
 */
export function mirrorPod(pod: Pod, node: { readonly name: string; readonly uid: string }): Pod {
  const { uid: hash, annotations, ...metadata } = pod.metadata
  return {
    ...pod,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      annotations: { ...annotations, [CONFIG.mirror]: hash as string },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }],
    },
  }
}
