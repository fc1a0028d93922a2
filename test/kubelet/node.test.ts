import { partial } from '../support/typed.js'
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import { Lab, NODE, conditions } from './lab.js'

describe('the Node', () => {
  test('registers with labels, annotation, conditions in order, addresses, capacity and allocatable', () => {
    const lab = new Lab({
      kubelet: { zone: 'zone-a', registerReady: true, capacity: { memory: '32Gi' } },
    }).settle()
    const node = lab.node()
    expect(node.metadata.labels).toEqual({
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': NODE,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': 'zone-a',
    })
    expect(node.metadata.annotations).toEqual({
      'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
    })
    expect(node.status.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
      ['Ready', 'True', 'KubeletReady'],
    ])
    expect(node.status.addresses).toEqual([
      { type: 'InternalIP', address: '192.168.0.11' },
      { type: 'Hostname', address: NODE },
    ])
    expect(node.status.capacity).toMatchObject({ cpu: '4', memory: '32Gi', pods: '110' })
    expect(node.status.allocatable).toMatchObject({
      cpu: '4',
      memory: '32668Mi',
      pods: '110',
      'ephemeral-storage': '96636764160',
    })
    expect(node.status.nodeInfo.kubeletVersion).toBe('v1.35.0')
    expect(lab.events.map((event) => event.split(': ')[0])).toEqual([
      'Node Normal Starting',
      'Node Normal NodeHasSufficientMemory',
      'Node Normal NodeHasNoDiskPressure',
      'Node Normal NodeHasSufficientPID',
      'Node Normal NodeAllocatableEnforced',
      'Node Normal NodeReady',
    ])
  })

  test('is not Ready until it has a pod network; pods wait for it', () => {
    const lab = new Lab({ machine: { networkReady: false } }).settle()
    lab.create('web')
    lab.create('host', { hostNetwork: true })
    lab.settle()
    expect(lab.node().status.conditions?.at(-1)).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
        'message:Network plugin returns error: cni plugin not initialized',
    })
    expect(lab.pod('web').status.phase).toBe('Pending')
    expect(lab.pod('host').status).toMatchObject({ phase: 'Running', podIP: '192.168.0.11' })
    expect(lab.eventsOf('NetworkNotReady')[0]).toMatch(
      /^Pod Warning NetworkNotReady: network is not ready: container runtime network not ready: /,
    )
    lab.machine.setNetworkReady(true)
    lab.settle()
    expect(lab.node().status.conditions?.at(-1)?.status).toBe('True')
    expect(lab.eventsOf('NodeReady')).toHaveLength(1)
    expect(lab.pod('web').status.phase).toBe('Running')
  })

  test('the range of its pods is that of its spec, when there is one', () => {
    const lab = new Lab().settle()
    const node = lab.node()
    lab.client.update('nodes', {
      ...node,
      spec: { ...node.spec, podCIDR: '10.9.8.0/24', podCIDRs: ['10.9.8.0/24'] },
    })
    lab.create('web')
    lab.settle()
    expect(lab.pod('web').status.podIP).toBe('10.9.8.2')
  })

  test('the lease is renewed every 10 s (up to 4% later), the status is posted every 5 minutes', () => {
    const lab = new Lab().settle()
    const renewals: number[] = []
    const posts: number[] = []
    lab.sim.bus.on('write', ({ time, resource }) => {
      if (resource === 'leases') renewals.push(time)
      if (resource === 'nodes') posts.push(time)
    })
    lab.advance('15m')
    const gaps = renewals.slice(1).map((time, at) => time - (renewals[at] as number))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(10_000)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_400)
    expect(new Set(gaps).size).toBeGreaterThan(10)
    expect(posts).toHaveLength(2)
    expect(lab.client.get('leases', { namespace: 'kube-node-lease', name: NODE })).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'Node', name: NODE, uid: lab.node().metadata.uid }] },
      spec: { holderIdentity: NODE, leaseDurationSeconds: 40 },
    })
  })

  test('a condition that somebody else set to Unknown is put right with the next look', () => {
    const lab = new Lab().settle()
    const node = lab.node()
    const unknown =
      node.status.conditions?.map((condition) => ({
        ...condition,
        status: 'Unknown',
        reason: 'NodeStatusUnknown',
      })) ?? []
    lab.client.updateStatus('nodes', { ...node, status: { ...node.status, conditions: unknown } })
    lab.advance('11s')
    expect(lab.node().status.conditions?.map(({ status }) => status)).toEqual([
      'False',
      'False',
      'False',
      'True',
    ])
  })

  test('another kubelet is installed: the Node shows it after the restart, and pods run on', () => {
    const lab = new Lab().settle()
    lab.create('web')
    lab.settle()
    lab.machine.installKubelet('v1.35.2')
    lab.advance('11m')
    expect(lab.node().status.nodeInfo.kubeletVersion).toBe('v1.35.0')
    expect(lab.fork().advance('11m').node().status.nodeInfo.kubeletVersion).toBe('v1.35.0')
    lab.stopKubelet()
    lab.startKubelet()
    lab.settle()
    expect(lab.node().status.nodeInfo.kubeletVersion).toBe('v1.35.2')
    expect(lab.pod('web').status.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 })
  })

  test("a kubelet of an older minor writes that minor's texts and fields", () => {
    const lab = new Lab({
      version: 'v1.14',
      kubelet: { kubeletVersion: 'v1.13.7-gke.8', containerRuntimeVersion: 'docker://18.9.7' },
    }).settle()
    lab.create('web')
    lab.settle()
    expect(conditions(lab.pod('web'))).toEqual([
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ])
    expect(lab.pod('web').status.containerStatuses?.[0]?.containerID).toMatch(/^docker:\/\/[0-9a-f]{64}$/)
    expect(lab.pod('web').status.podIPs).toBeUndefined()
    expect(lab.node().status.nodeInfo.kubeProxyVersion).toBe('v1.13.7-gke.8')
  })
})

describe('static pods', () => {
  const manifest = (image: string): Pod =>
    partial<Pod>({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'proxy', namespace: 'kube-system' },
      spec: { containers: [{ name: 'c', image }] },
    })
  const mirror = (lab: Lab): Pod =>
    lab.client.get('pods', { namespace: 'kube-system', name: `proxy-${NODE}` })

  test('run, and have a mirror in the API', () => {
    const lab = new Lab({ machine: { manifests: { 'proxy.yaml': manifest('proxy:1') } } }).settle()
    const pod = mirror(lab)
    const hash = pod.metadata.annotations?.['kubernetes.io/config.hash']
    expect(pod.metadata.annotations).toEqual({
      'kubernetes.io/config.hash': hash,
      'kubernetes.io/config.mirror': hash,
      'kubernetes.io/config.seen': '2026-01-01T00:00:00.000000000Z',
      'kubernetes.io/config.source': 'file',
    })
    expect(pod.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: NODE, uid: lab.node().metadata.uid, controller: true },
    ])
    expect(pod.spec.tolerations).toEqual([{ operator: 'Exists', effect: 'NoExecute' }])
    expect(pod.status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true }] })
  })

  test('a mirror that is deleted comes back; the pod runs on', () => {
    const lab = new Lab({ machine: { manifests: { 'proxy.yaml': manifest('proxy:1') } } }).settle()
    const before = mirror(lab)
    for (const gracePeriodSeconds of [30, 0]) {
      lab.client.delete('pods', { namespace: 'kube-system', name: `proxy-${NODE}` }, { gracePeriodSeconds })
      lab.settle()
      expect(mirror(lab).metadata.uid).not.toBe(before.metadata.uid)
      expect(mirror(lab).status.containerStatuses).toEqual(before.status.containerStatuses)
      expect(mirror(lab).status.phase).toBe('Running')
    }
    expect(lab.eventsOf('Killing')).toEqual([])
  })

  test('a changed manifest stops the old pod, then starts the new one; a removed one stops it', () => {
    const lab = new Lab({ machine: { manifests: { 'proxy.yaml': manifest('proxy:1') } } }).settle()
    lab.machine.writeManifest('proxy.yaml', manifest('proxy:2'))
    lab.settle()
    expect(mirror(lab).status.containerStatuses?.[0]?.image).toBe('docker.io/library/proxy:2')
    expect([...lab.machine.pods()]).toHaveLength(1)
    lab.machine.writeManifest('proxy.yaml', undefined)
    lab.settle()
    expect(lab.client.list('pods').items).toEqual([])
    expect([...lab.machine.pods()]).toEqual([])
  })

  test('run without the apiserver, and through a restart of the kubelet', () => {
    const lab = new Lab({ machine: { manifests: { 'proxy.yaml': manifest('proxy:1') } } })
    lab.partition()
    lab.advance('5s')
    expect([...lab.machine.pods()][0]?.containers[0]?.state).toBe('running')
    lab.repair()
    lab.advance('20s')
    const before = mirror(lab)
    expect(before.status.phase).toBe('Running')
    lab.stopKubelet()
    lab.startKubelet()
    lab.settle()
    expect(mirror(lab).metadata.uid).toBe(before.metadata.uid)
  })
})
