import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import { Lab } from './lab.js'

const base = new Lab({ kubelet: { capacity: { cpu: '4', memory: '4Gi' } } }).settle()

function lab(resources: object, resizePolicy: readonly object[] = []): Lab {
  const of = base.fork()
  of.create('p', { containers: [{ name: 'c', image: 'nginx', resources, resizePolicy }] })
  return of.settle()
}

function resize(of: Lab, resources: object, name = 'p'): void {
  const body = { spec: { containers: [{ name: 'c', resources }] } }
  of.client.patch(
    'pods',
    { namespace: 'default', name },
    { type: 'strategic', body },
    { subresource: 'resize' },
  )
  of.settle()
}

function status(pod: Pod): unknown {
  const { allocatedResources, resources, restartCount } = pod.status.containerStatuses?.[0] ?? {}
  return { allocatedResources, resources, restartCount }
}

const resizeConditions = (pod: Pod): unknown =>
  pod.status.conditions
    ?.filter(({ type }) => type.startsWith('PodResize'))
    .map(({ type, reason, message, observedGeneration }) => ({ type, reason, message, observedGeneration }))

test('cpu is given while the container runs', () => {
  const of = lab({ requests: { cpu: '500m' }, limits: { cpu: '1' } })
  resize(of, { requests: { cpu: '2' }, limits: { cpu: '3' } })
  const resources = { requests: { cpu: '2' }, limits: { cpu: '3' } }
  expect(status(of.pod('p'))).toEqual({ allocatedResources: { cpu: '2' }, resources, restartCount: 0 })
  const said =
    '{"containers":[{"name":"c","resources":{"limits":{"cpu":"3"},"requests":{"cpu":"2"}}}],"generation":2}'
  expect(of.events.filter((event) => event.includes('Resize'))).toEqual([
    `Pod Normal ResizeStarted: Pod resize started: ${said}`,
    `Pod Normal ResizeCompleted: Pod resize completed: ${said}`,
  ])
  expect(resizeConditions(of.pod('p'))).toEqual([])
  // what was given counts: one that asks for the rest is not taken
  of.create('q', { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '2500m' } } }] })
  expect(of.settle().pod('q').status.message).toBe(
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 2500, used: 2000, capacity: 4000",
  )
})

test('a policy of RestartContainer starts the container anew', () => {
  const of = lab({ requests: { memory: '100Mi' }, limits: { memory: '200Mi' } }, [
    { resourceName: 'memory', restartPolicy: 'RestartContainer' },
  ])
  resize(of, { requests: { memory: '150Mi' }, limits: { memory: '300Mi' } })
  expect(of.eventsOf('Killing')).toEqual([
    'spec.containers{c} Normal Killing: Container c resize requires restart, will be restarted',
  ])
  expect(status(of.pod('p'))).toEqual({
    allocatedResources: { memory: '150Mi' },
    resources: { requests: { memory: '150Mi' }, limits: { memory: '300Mi' } },
    restartCount: 1,
  })
  expect(of.eventsOf('ResizeCompleted')).toHaveLength(1)
})

test('what the node can never give is infeasible, and the pod keeps what it has', () => {
  const of = lab({ requests: { cpu: '500m' } })
  resize(of, { requests: { cpu: '1000' } })
  const message = "Node didn't have enough capacity: cpu, requested: 1000000, capacity: 4000"
  expect(resizeConditions(of.pod('p'))).toEqual([
    { type: 'PodResizePending', reason: 'Infeasible', message, observedGeneration: 2 },
  ])
  expect(status(of.pod('p'))).toMatchObject({
    allocatedResources: { cpu: '500m' },
    resources: { requests: { cpu: '500m' } },
  })
  expect(of.eventsOf('ResizeInfeasible')).toEqual([
    'Pod Warning ResizeInfeasible: Pod resize Infeasible: ' +
      '{"containers":[{"name":"c","resources":{"requests":{"cpu":"1k"}}}],"generation":2,"error":"' +
      `${message}"}`,
  ])
  resize(of, { requests: { cpu: '500m' } })
  expect(resizeConditions(of.pod('p'))).toEqual([])
})

test('what the node cannot give now is deferred until there is room', () => {
  const of = lab({ requests: { cpu: '1' } })
  of.create('other', { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '2' } } }] })
  of.settle()
  resize(of, { requests: { cpu: '3' } })
  const message = "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000"
  expect(resizeConditions(of.pod('p'))).toEqual([
    { type: 'PodResizePending', reason: 'Deferred', message, observedGeneration: 2 },
  ])
  of.client.delete('pods', { namespace: 'default', name: 'other' })
  of.settle()
  expect(resizeConditions(of.pod('p'))).toEqual([])
  expect(status(of.pod('p'))).toMatchObject({ allocatedResources: { cpu: '3' } })
  expect(of.eventsOf('ResizeCompleted')).toHaveLength(1)
})

test('of deferred resizes the one of the highest priority is done first, when a pod ends or shrinks', () => {
  const of = lab({ requests: { cpu: '1' } })
  const spec = (cpu: string, more: object = {}): object => ({
    ...more,
    containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }],
  })
  of.create('low', spec('500m'))
  of.create('high', spec('500m', { priorityClassName: 'system-cluster-critical' }))
  of.create('big', spec('2'))
  of.settle()
  const grow = (name: string, cpu: string): void => resize(of, { requests: { cpu } }, name)
  const has = (name: string): string | undefined =>
    of.pod(name).status.containerStatuses?.[0]?.allocatedResources?.['cpu']
  grow('low', '1')
  grow('high', '1')
  expect([has('low'), has('high')]).toEqual(['500m', '500m'])
  grow('big', '1500m')
  expect([has('low'), has('high')]).toEqual(['500m', '1'])
})

test('less memory than is used ends the container', () => {
  const of = lab({ limits: { memory: '200Mi' } })
  of.machine.setUsage(of.pod('p').metadata.uid as string, 'c', { memory: 150 * 1024 * 1024 })
  resize(of, { requests: { memory: '100Mi' }, limits: { memory: '100Mi' } })
  expect(of.pod('p').status.containerStatuses?.[0]?.lastState.terminated?.reason).toBe('OOMKilled')
})
