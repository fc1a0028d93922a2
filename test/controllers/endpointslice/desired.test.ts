import { expect, test } from 'vitest'
import { partial } from '../../support/typed.js'
import type { Node, Pod, Service } from '../../../src/api/core/generated.js'
import { desiredGroups } from '../../../src/controllers/endpointslice/desired.js'

function pod(name: string, nodeName: string, portName = 'web'): Pod {
  return partial<Pod>({
    metadata: { name, namespace: 'default', uid: name },
    spec: { nodeName, containers: [{ name: 'c', ports: [{ name: portName, containerPort: 80 }] }] },
    status: { podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
  })
}

const nodes: Readonly<Record<string, object>> = {
  zoned: { metadata: { name: 'zoned', labels: { 'topology.kubernetes.io/zone': 'a' } } },
  bare: { metadata: { name: 'bare' } },
}

/** Ports of each group, and name and hints of each endpoint. */
function groups(spec: object, pods: readonly Pod[]): readonly unknown[] {
  const service = partial<Service>({
    metadata: { name: 's', namespace: 'default' },
    spec: { ports: [{ name: 'http', port: 1, targetPort: 'web' }], ...spec },
  })
  const found = desiredGroups(service, pods, 'IPv4', (name) => nodes[name] as Node | undefined)
  return [...found.values()].map(({ ports, endpoints }) => [
    ports.map(({ port }) => port),
    ...endpoints.map(({ targetRef, hints }) =>
      hints === undefined ? [targetRef?.name] : [targetRef?.name, hints],
    ),
  ])
}

test('a pod that has none of the ports is in a slice without ports', () => {
  expect(groups({}, [pod('a', 'bare'), pod('b', 'bare', 'other')])).toEqual([
    [[80], ['a']],
    [[], ['b']],
  ])
})

test('a pod whose node is gone is left out unless unready addresses are published', () => {
  const pods = [pod('a', 'gone'), pod('b', 'bare')]
  expect(groups({}, pods)).toEqual([[[80], ['b']]])
  expect(groups({ publishNotReadyAddresses: true }, pods)).toEqual([[[80], ['a'], ['b']]])
})

test('a preference for the same node needs no zone', () => {
  const pods = [pod('a', 'zoned'), pod('b', 'bare')]
  expect(groups({ trafficDistribution: 'PreferSameNode' }, pods)).toEqual([
    [
      [80],
      ['a', { forZones: [{ name: 'a' }], forNodes: [{ name: 'zoned' }] }],
      ['b', { forNodes: [{ name: 'bare' }] }],
    ],
  ])
  expect(groups({ trafficDistribution: 'PreferClose' }, pods)).toEqual([
    [[80], ['a', { forZones: [{ name: 'a' }] }], ['b']],
  ])
})
