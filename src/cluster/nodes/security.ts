import type { Client, ObjectKey } from '../../client/client.js'
import { effectiveSecurity } from '../../kubelet/index.js'
import type { EffectiveSecurity } from '../../kubelet/index.js'
import type { Machines } from './machines.js'

/**
 * What the containers of a pod run with, on the node that it is on, or would be by the images that the first
 * node knows.
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
