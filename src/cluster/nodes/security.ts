import type { Client, ObjectKey } from '../../client/client.js'
import { effectiveSecurity } from '../../kubelet/index.js'
import type { EffectiveSecurity } from '../../kubelet/index.js'
import type { Machines } from './machines.js'

/**
 * Returns the effective security of a pod's containers on its node. For a pod without one, the images known
 * to the first node are used.
 */
export function securityOfPod(
  client: Client,
  machines: Machines,
  key: ObjectKey,
): readonly EffectiveSecurity[] {
  const pod = client.get('pods', key)
  const node = pod.spec.nodeName ?? machines.names()[0]
  if (node === undefined || !machines.names().includes(node)) return effectiveSecurity(pod)
  const version =
    client.list('nodes', { fieldSelector: `metadata.name=${node}` }).items[0]?.status.nodeInfo
      ?.kubeletVersion ?? ''
  const minor = /^v?1\.(\d+)/.exec(version)?.[1]
  const machine = machines.get(node)
  return effectiveSecurity(pod, {
    imageOf: (image) => machine.imageFacts(image),
    ...(minor === undefined ? {} : { minor: Number(minor) }),
  })
}
