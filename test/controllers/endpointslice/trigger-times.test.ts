import { SimCluster } from 'simcluster'
import { beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'

let cluster: SimCluster

beforeEach(() => {
  cluster = new SimCluster({ nodes: [{ name: 'n1' }] })
  cluster.create('services', {
    metadata: { name: 'a' },
    spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
  })
  cluster.settle()
})

function createPod(name: string): void {
  cluster.create('pods', {
    metadata: { name, labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 5 },
  })
}

const readySince = (name: string): string | null | undefined =>
  cluster.get('pods', name).status.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime

/** The annotations of the Endpoints and of the only EndpointSlice. */
function triggers(of: SimCluster = cluster): readonly (string | undefined)[] {
  const written: readonly KubeObject[] = [
    of.get('endpoints', 'a'),
    ...of.list('endpointslices').items.slice(0, 1),
  ]
  return written.map(({ metadata }) => metadata.annotations?.[TRIGGER])
}

const both = (time: string | null | undefined): readonly unknown[] => [time ?? undefined, time ?? undefined]

describe('the time of the change that endpoints were written for', () => {
  test('is at first when the Service was created', () => {
    expect(triggers()).toEqual(both(cluster.get('services', 'a').metadata.creationTimestamp))
  })

  test('is when a pod became ready, not when the Service or another pod did', () => {
    cluster.advance('1m')
    createPod('p')
    cluster.settle()
    expect(triggers()).toEqual(both(readySince('p')))
    cluster.advance('1m')
    createPod('q')
    cluster.settle()
    expect(triggers()).toEqual(both(readySince('q')))
    expect(readySince('q')).not.toBe(readySince('p'))
  })

  test('is none when pods go or the Service changes, since no time is known for that', () => {
    cluster.advance('1m')
    createPod('p')
    cluster.settle()
    cluster.advance('1m')
    cluster.patch('services', 'a', { type: 'merge', body: { spec: { ports: [{ port: 81 }] } } })
    cluster.settle()
    expect(triggers()[1]).toBeUndefined()
    cluster.delete('pods', 'p', { gracePeriodSeconds: 0 })
    cluster.settle()
    expect(triggers()).toEqual(both(undefined))
  })

  test('counts a change that a sync has seen but not written only once', () => {
    createPod('p')
    cluster.settle()
    cluster.advance('1m')
    // a label that no endpoint shows: the sync of this change writes nothing
    cluster.kubectl('label pod p other=1')
    cluster.settle()
    cluster.advance('1m')
    createPod('q')
    cluster.settle()
    expect(triggers()).toEqual(both(readySince('q')))
  })

  test('starts anew with a Service of the same name', () => {
    createPod('p')
    cluster.settle()
    cluster.advance('1m')
    cluster.delete('services', 'a')
    cluster.settle()
    cluster.create('services', {
      metadata: { name: 'a' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    })
    cluster.settle()
    expect(triggers()).toEqual(both(cluster.get('services', 'a').metadata.creationTimestamp))
  })

  test('is the same in a copy of the cluster', () => {
    createPod('p')
    cluster.settle()
    cluster.advance('1m')
    const copy = SimCluster.fromJSON(cluster.toJSON())
    for (const one of [cluster, copy]) {
      one.create('pods', {
        metadata: { name: 'q', labels: { app: 'x' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      })
      one.settle()
    }
    expect(triggers(copy)).toEqual(triggers())
    expect(triggers(copy)[0]).toBe(readySince('q'))
  })
})
