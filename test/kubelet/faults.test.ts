import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { LabOptions } from './lab.js'
import { Lab, conditions } from './lab.js'

function running(options: LabOptions = {}, spec: object = {}): Lab {
  const lab = new Lab(options).settle()
  lab.create('web', spec)
  return lab.settle()
}

/** What the node lifecycle controller does to the pods of a node that is silent. */
function markNotReady(lab: Lab, name: string): void {
  const pod = lab.pod(name)
  const marked = pod.status.conditions?.map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False' } : condition,
  )
  lab.client.updateStatus('pods', { ...pod, status: { ...pod.status, conditions: marked ?? [] } })
}

const ready = (pod: Pod): string | undefined => conditions(pod).find((text) => text.startsWith('Ready='))

describe('the kubelet is stopped and started', () => {
  test('containers run on; the new kubelet finds them and changes nothing', () => {
    const lab = running()
    const before = lab.pod('web')
    lab.stopKubelet()
    lab.advance('1m')
    lab.startKubelet()
    lab.settle()
    lab.advance('1m')
    expect(lab.pod('web').metadata.resourceVersion).toBe(before.metadata.resourceVersion)
  })

  test('a container that ended meanwhile is started again, with its restart count', () => {
    const lab = running({ machine: { behaviors: { 'default/web': { exitCode: 1, exitAfter: 30_000 } } } })
    lab.stopKubelet()
    lab.advance('1m')
    expect(lab.pod('web').status.containerStatuses?.[0]?.state.running).toBeDefined()
    lab.machine.defineBehavior('default/web', {})
    lab.startKubelet()
    lab.settle()
    expect(lab.pod('web').status.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 1 } },
    })
  })

  test('a pod deleted meanwhile is stopped and deleted; one that was force-deleted is stopped', () => {
    const lab = running()
    lab.create('forced')
    lab.settle()
    lab.stopKubelet()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.client.delete('pods', { namespace: 'default', name: 'forced' }, { gracePeriodSeconds: 0 })
    lab.advance('10m')
    expect(lab.find('web')).toBeDefined()
    lab.startKubelet()
    lab.settle()
    lab.advance('30s')
    expect(lab.find('web')).toBeUndefined()
    expect([...lab.machine.pods()]).toEqual([])
  })

  test('a pod that was marked not Ready meanwhile is Ready again', () => {
    const lab = running()
    lab.stopKubelet()
    markNotReady(lab, 'web')
    lab.startKubelet()
    lab.settle()
    expect(ready(lab.pod('web'))).toBe('Ready=True')
  })
})

describe('the machine crashes and comes back', () => {
  test('a new boot id, the event Rebooted, and pods run again with one restart more', () => {
    const lab = running()
    const { bootID } = lab.node().status.nodeInfo
    lab.crash()
    lab.advance('2m')
    expect(lab.pod('web').status.phase).toBe('Running')
    lab.recover()
    lab.settle()
    expect(lab.node().status.nodeInfo.bootID).not.toBe(bootID)
    expect(lab.eventsOf('Rebooted')).toEqual([
      `Node Warning Rebooted: Node node-1 has been rebooted, boot id: ${lab.node().status.nodeInfo.bootID}`,
    ])
    expect(lab.eventsOf('SandboxChanged')).toEqual([
      'Pod Normal SandboxChanged: Pod sandbox changed, it will be killed and re-created.',
    ])
    expect(lab.pod('web').status).toMatchObject({
      phase: 'Running',
      containerStatuses: [
        { restartCount: 1, ready: true, lastState: { terminated: { exitCode: 255, reason: 'Unknown' } } },
      ],
    })
  })

  test('a pod that is never restarted has failed', () => {
    const lab = running({}, { restartPolicy: 'Never' })
    lab.crash()
    lab.advance('2m')
    lab.recover()
    lab.settle()
    expect(lab.pod('web').status.phase).toBe('Failed')
  })

  test('a pod that was deleted meanwhile is deleted, and not started again', () => {
    const lab = running()
    lab.crash()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.advance('2m')
    lab.recover()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
    expect(lab.eventsOf('SandboxChanged')).toEqual([])
  })

  test('in the middle of starting and of stopping nothing is left behind', () => {
    const lab = new Lab().settle()
    lab.create('web')
    lab.advance('500ms')
    lab.crash()
    lab.advance('1m')
    lab.recover()
    lab.settle()
    expect(ready(lab.pod('web'))).toBe('Ready=True')
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.advance('100ms')
    lab.crash()
    lab.advance('1m')
    lab.recover()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
    expect([...lab.machine.pods()]).toEqual([])
  })
})

describe('the network between node and apiserver is cut', () => {
  test('pods run on, heart-beats stop, and settle() still comes to rest', () => {
    const lab = running()
    const renewed = (): string | undefined =>
      lab.client.get('leases', { namespace: 'kube-node-lease', name: 'node-1' }).spec.renewTime
    lab.partition()
    const last = renewed()
    lab.advance('5m')
    expect(renewed()).toBe(last)
    lab.repair()
    lab.settle()
    lab.advance('10s')
    expect(renewed()).not.toBe(last)
  })

  test('what happened meanwhile is reported after the repair', () => {
    const lab = running({ machine: { behaviors: { 'default/web': { exitCode: 1, exitAfter: 60_000 } } } })
    lab.partition()
    lab.advance('5m')
    markNotReady(lab, 'web')
    expect(lab.pod('web').status.containerStatuses?.[0]?.restartCount).toBe(0)
    lab.repair()
    lab.settle()
    lab.advance('15s')
    expect(lab.pod('web').status.containerStatuses?.[0]?.restartCount).toBeGreaterThan(2)
    expect(ready(lab.pod('web'))).toBe('Ready=True')
  })

  test('a pod marked not Ready is Ready again, with the time of the transition that it had', () => {
    const lab = running()
    const before = lab.pod('web').status
    lab.partition()
    lab.advance('2m')
    markNotReady(lab, 'web')
    lab.repair()
    lab.settle()
    expect(lab.pod('web').status).toEqual(before)
  })

  test('deleted pods are stopped after the repair only', () => {
    const lab = running()
    lab.partition()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.advance('10m')
    expect(lab.find('web')).toBeDefined()
    lab.repair()
    lab.settle()
    expect(lab.find('web')).toBeUndefined()
  })

  test('a deletion whose last step is cut off is ended after the repair', () => {
    const lab = running()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.advance('100ms')
    lab.partition()
    lab.advance('1m')
    expect(lab.find('web')).toBeDefined()
    lab.repair()
    lab.advance('11s')
    expect(lab.find('web')).toBeUndefined()
  })
})

describe('graceful node shutdown', () => {
  test('ordinary pods first, then critical ones; they end as Failed/Terminated and stay in the API', () => {
    const lab = new Lab({
      machine: { images: { 'nginx:1.27': { stopExitCode: 143 } } },
      kubelet: { shutdownGracePeriod: 30_000, shutdownGracePeriodCriticalPods: 10_000 },
    }).settle()
    lab.create('web')
    lab.create('critical', { priorityClassName: 'system-node-critical', priority: 2000001000 })
    lab.settle()
    lab.machine.announceShutdown(true)
    lab.settle()
    expect(lab.pod('web').status).toMatchObject({
      phase: 'Failed',
      reason: 'Terminated',
      message: 'Pod was terminated in response to imminent node shutdown.',
    })
    expect(conditions(lab.pod('web'))[0]).toBe('DisruptionTarget=True TerminationByKubelet')
    expect(lab.pod('critical').status.reason).toBe('Terminated')
    expect(lab.writes.indexOf('web Failed')).toBeLessThan(lab.writes.indexOf('critical Failed'))
    expect(lab.node().status.conditions?.at(-1)).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'node is shutting down',
    })
    lab.create('late')
    lab.settle()
    expect(lab.pod('late').status.reason).toBe('NodeShutdown')
  })
})

describe('copies', () => {
  const play = (lab: Lab): string => {
    lab.settle()
    lab.advance('7s')
    lab.create('after')
    lab.settle()
    lab.client.delete('pods', { namespace: 'default', name: 'web' })
    lab.settle()
    lab.advance('90s')
    return lab.sim.trace.toString()
  }

  test.each([0, 100, 500, 900, 1_100, 5_000, 20_000])(
    'a fork %i ms after a pod was bound has the same future',
    (ms) => {
      const lab = new Lab({ machine: { images: { bad: { exitCode: 1, exitAfter: 700 } } } }).settle()
      lab.create('web', {
        terminationGracePeriodSeconds: 3,
        initContainers: [{ name: 's', image: 'proxy', restartPolicy: 'Always' }],
      })
      lab.create('bad', { containers: [{ name: 'c', image: 'bad' }] })
      lab.advance(ms)
      const fork = lab.fork()
      const rested = lab.sim.trace.toString()
      const future = play(fork)
      expect(lab.sim.trace.toString()).toBe(rested)
      expect(play(lab)).toBe(future)
    },
  )

  test('under seeded interleaving every pod comes up and goes away', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const lab = new Lab({ interleaving: 'seeded', seed })
      for (const name of ['a', 'b', 'c']) lab.create(name)
      lab.settle()
      expect(['a', 'b', 'c'].map((name) => ready(lab.pod(name)))).toEqual([
        'Ready=True',
        'Ready=True',
        'Ready=True',
      ])
      for (const name of ['a', 'b', 'c']) lab.client.delete('pods', { namespace: 'default', name })
      lab.settle()
      expect([...lab.machine.pods()]).toEqual([])
    }
  })
})
