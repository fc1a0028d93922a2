import { expect, test } from 'vitest'
import { nonZeroPodRequests, podLimits, podRequests } from '../../src/api/core/pods/pod-resources.js'
import { pod, requesting } from './pods.js'

const Mi = 1024 * 1024
const container = (name: string, requests: Record<string, string>, extra: object = {}) => ({
  name,
  resources: { requests },
  ...extra,
})
const sidecar = { restartPolicy: 'Always' }

test.each([
  [
    'containers are summed',
    { containers: [container('a', { cpu: '100m', memory: '1Mi' }), container('b', { cpu: '0.2' })] },
    { cpu: 300, memory: Mi },
  ],
  [
    'a large init container wins',
    { initContainers: [container('i', { cpu: '1' })], containers: [container('a', { cpu: '100m' })] },
    { cpu: 1000 },
  ],
  [
    'init containers are not summed',
    { initContainers: [container('i', { cpu: '1' }), container('j', { cpu: '2' })], containers: [] },
    { cpu: 2000 },
  ],
  [
    'sidecars add to the containers',
    { initContainers: [container('s', { cpu: '1' }, sidecar)], containers: [container('a', { cpu: '1' })] },
    { cpu: 2000 },
  ],
  [
    'sidecars started before an init container add to it',
    {
      initContainers: [container('s', { cpu: '1' }, sidecar), container('i', { cpu: '3' })],
      containers: [container('a', { cpu: '1' })],
    },
    { cpu: 4000 },
  ],
  [
    'sidecars started after an init container do not',
    {
      initContainers: [container('i', { cpu: '3' }), container('s', { cpu: '1' }, sidecar)],
      containers: [container('a', { cpu: '1' })],
    },
    { cpu: 3000 },
  ],
  [
    'overhead comes on top',
    { containers: [container('a', { cpu: '1' })], overhead: { cpu: '250m', memory: '1Mi' } },
    { cpu: 1250, memory: Mi },
  ],
  [
    'pod-level requests replace cpu and memory only, before the overhead',
    {
      containers: [container('a', { cpu: '1', 'example.com/gpu': '1' })],
      resources: { requests: { cpu: '3', 'example.com/gpu': '9' } },
      overhead: { cpu: '100m' },
    },
    { cpu: 3100, 'example.com/gpu': 1 },
  ],
])('requests: %s', (_, spec, expected) => {
  expect(podRequests(pod('p', spec))).toEqual(expected)
})

test(
  'a resized container counts the most of spec, status and allocation; an infeasible resize leaves the ' +
    'spec out',
  () => {
    const status = {
      containerStatuses: [
        { name: 'app', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '3' } },
      ],
    }
    const spec = { containers: [container('app', { cpu: '5' })] }
    expect(podRequests(pod('p', spec, { status }), { useStatusResources: true })).toEqual({ cpu: 5000 })
    expect(podRequests(pod('p', spec, { status }))).toEqual({ cpu: 5000 })
    const infeasible = {
      ...status,
      conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
    }
    expect(podRequests(pod('p', spec, { status: infeasible }), { useStatusResources: true })).toEqual({
      cpu: 3000,
    })
  },
)

test('limits: overhead counts only where there is a limit', () => {
  const containers = [{ name: 'a', resources: { limits: { cpu: '1' } } }]
  expect(podLimits(pod('p', { containers, overhead: { cpu: '100m', memory: '1Mi' } }))).toEqual({ cpu: 1100 })
})

test('limits: of the status where a container is resized, and none of zero grows by the overhead', () => {
  const containers = [{ name: 'a', resources: { limits: { cpu: '1', memory: '0' } } }]
  const status = { containerStatuses: [{ name: 'a', resources: { limits: { cpu: '2' } } }] }
  const resized = pod('p', { containers, overhead: { cpu: '100m', memory: '1Mi' } }, { status })
  expect(podLimits(resized)).toEqual({ cpu: 1100, memory: 0 })
  expect(podLimits(resized, { useStatusResources: true })).toEqual({ cpu: 2100, memory: 0 })
})

test('pod-level requests can be left out', () => {
  const spec = { containers: [container('a', { cpu: '1' })], resources: { requests: { cpu: '3' } } }
  expect(podRequests(pod('p', spec), { skipPodLevelResources: true })).toEqual({ cpu: 1000 })
})

test('scores count 100m and 200Mi for a container that asks for nothing', () => {
  expect(nonZeroPodRequests(pod('p'))).toEqual({ cpu: 100, memory: 200 * Mi })
  expect(nonZeroPodRequests(requesting('p', '1', '1Mi'))).toEqual({ cpu: 1000, memory: Mi })
  expect(nonZeroPodRequests(pod('p', { resources: { requests: { cpu: '2' } } }))).toEqual({
    cpu: 2000,
    memory: 200 * Mi,
  })
})
