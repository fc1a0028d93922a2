import { partial } from '../../support/typed.js'
import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/core/generated.js'
import { ApiError } from '../../../src/client/api-error.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const quiet = (): SimCluster =>
  new SimCluster({ nodes: 0, disable: ['kube-controller-manager', 'kube-scheduler'] })

const podOf = (name: string, spec: object = {}, container: object = {}): Pod =>
  partial<Pod>({
    metadata: { name, namespace: 'default' },
    spec: {
      containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } }, ...container }],
      ...spec,
    },
  })

function refusalOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof ApiError) return error.message
    throw error
  }
  return 'nothing was refused'
}

describe('pods that are created one after the other', () => {
  test('share what their specs have in common, and nothing else', () => {
    const cluster = quiet()
    const [one, two] = [
      cluster.create('pods', podOf('one')),
      cluster.create('pods', podOf('two', { priority: 0 })),
    ]
    expect(two.spec.tolerations).toBe(one.spec.tolerations)
    expect(two.spec.containers[0]?.resources).toBe(one.spec.containers[0]?.resources)
    expect(two.metadata.uid).not.toBe(one.metadata.uid)
    expect(two.spec.volumes?.[0]?.name).not.toBe(one.spec.volumes?.[0]?.name)
  })

  test('are validated each with the empty lists that it was sent with', () => {
    const cluster = quiet()
    const claim = (metadata: object): object => ({
      volumes: [
        {
          name: 'v',
          ephemeral: {
            volumeClaimTemplate: {
              metadata,
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          },
        },
      ],
    })
    cluster.create('pods', podOf('one', claim({})))
    expect(refusalOf(() => cluster.create('pods', podOf('two', claim({ finalizers: [] }))))).toContain(
      'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.finalizers: Forbidden: cannot be set',
    )
  })

  test('are stored as if they were alone', () => {
    const [row, alone] = [quiet(), quiet()]
    const odd = podOf(
      'odd',
      { tolerations: [{ key: 'a', operator: 'Exists' }] },
      { resources: { limits: { cpu: '2' } }, env: [{ name: 'A', value: 'b' }] },
    )
    for (const cluster of [row, alone]) {
      // the same draws of uids and names for both
      if (cluster === row) for (const name of ['a', 'b', 'c']) cluster.create('pods', podOf(name))
      else
        for (const name of ['a', 'b', 'c'])
          cluster.create('pods', {
            ...podOf(name),
            metadata: { name, namespace: 'default', generateName: `${name}-` },
          } as Pod)
    }
    expect(row.create('pods', odd)).toStrictEqual(alone.create('pods', odd))
  })

  test('are validated wherever they differ from the one before', () => {
    const cluster = quiet()
    cluster.create(
      'pods',
      podOf(
        'good',
        { tolerations: [{ key: 'a', operator: 'Exists' }] },
        { ports: [{ containerPort: 80 }], env: [{ name: 'A' }] },
      ),
    )
    const bad = (spec: object, container: object = {}): string =>
      refusalOf(() => cluster.create('pods', podOf('bad', spec, container)))
    expect(bad({ tolerations: [{ key: 'a b', operator: 'Exists' }] })).toContain(
      'spec.tolerations[0].key: Invalid value: "a b"',
    )
    expect(bad({}, { ports: [{ containerPort: 0 }] })).toContain(
      'spec.containers[0].ports[0].containerPort: Required value',
    )
    expect(bad({}, { env: [{ name: 'A' }, { name: '=' }] })).toContain(
      'spec.containers[0].env[1].name: Invalid value: "="',
    )
    expect(bad({}, { resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } })).toContain(
      'spec.containers[0].resources.requests: Invalid value: "2"',
    )
    expect(bad({ volumes: [{ name: 'v', nfs: { server: '', path: '/' } }] })).toContain(
      'spec.volumes[0].nfs.server: Required value',
    )
    expect(
      bad({
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: {} }] },
        },
      }),
    ).toContain('weight: Invalid value: 0')
  })
})
