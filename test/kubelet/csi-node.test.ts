import type { WebhookMode } from 'simcluster'
import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'

describe('the CSINode of a node', () => {
  it('is made by its kubelet, owned by the Node, and goes with it', () => {
    const cluster = new SimCluster({ nodes: 2 })
    const { metadata, spec } = cluster.get('csinodes', { name: 'node-1' })
    expect(metadata.ownerReferences).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Node',
        name: 'node-1',
        uid: cluster.get('nodes', { name: 'node-1' }).metadata.uid,
      },
    ])
    expect(metadata.annotations).toEqual({
      'storage.alpha.kubernetes.io/migrated-plugins':
        'kubernetes.io/aws-ebs,kubernetes.io/azure-disk,kubernetes.io/azure-file,kubernetes.io/cinder,' +
        'kubernetes.io/gce-pd,kubernetes.io/portworx-volume,kubernetes.io/vsphere-volume',
    })
    expect(spec.drivers ?? []).toEqual([])
    expect(cluster.kubectl('get csinodes --no-headers').stdout).toMatch(
      /^node-1 +0 +\d+s\nnode-2 +0 +\d+s\n$/,
    )
    cluster.node('node-1').remove()
    cluster.settle()
    expect(cluster.list('csinodes').items.map((one) => one.metadata.name)).toEqual(['node-2'])
  })

  it(
    'what others have written to it stays, and it comes back when it is gone and the kubelet starts ' +
      'again',
    () => {
      const cluster = new SimCluster({ nodes: 1 })
      cluster.patch(
        'csinodes',
        { name: 'node-1' },
        {
          type: 'merge',
          body: { spec: { drivers: [{ name: 'ebs.csi.aws.com', nodeID: 'i-1', topologyKeys: [] }] } },
        },
      )
      cluster.node('node-1').kubelet.restart()
      cluster.settle()
      expect(cluster.get('csinodes', { name: 'node-1' }).spec.drivers).toHaveLength(1)
      cluster.delete('csinodes', { name: 'node-1' })
      cluster.node('node-1').kubelet.restart()
      cluster.settle()
      expect(cluster.get('csinodes', { name: 'node-1' }).spec.drivers ?? []).toHaveLength(0)
    },
  )

  it('kubelets before v1.17 made none', () => {
    expect(
      new SimCluster({ nodes: [{ name: 'n', kubeletVersion: 'v1.16.2' }], version: 'v1.18' }).list('csinodes')
        .items,
    ).toEqual([])
  })
})

it('a kubelet that may not make it tries again, and makes it once it may', () => {
  const isClosed = { value: true }
  const review: WebhookMode['review'] = ({ spec }) =>
    isClosed.value && spec.resourceAttributes?.resource === 'csinodes'
      ? { allowed: false, denied: true, reason: 'not yet' }
      : { allowed: false }
  const cluster = new SimCluster({
    nodes: 1,
    access: { authorization: [{ type: 'Webhook', review }, 'Node', 'RBAC'] },
  })
  expect(cluster.list('csinodes').items).toEqual([])
  isClosed.value = false
  cluster.advance('10m')
  expect(cluster.get('csinodes', { name: 'node-1' }).metadata.ownerReferences?.[0]?.uid).toBe(
    cluster.get('nodes', { name: 'node-1' }).metadata.uid,
  )
})
