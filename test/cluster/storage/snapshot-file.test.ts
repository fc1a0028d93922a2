import { badInput } from '../../support/typed.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError, ClusterSnapshot, SimCluster } from '../../../src/index.js'

const cluster = new SimCluster({ nodes: 1, seed: 3 })
cluster.apply({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', annotations: { a: '\u{1f600}\n' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
})
const file = cluster.snapshot().toFile()

/** Why a file is refused. */
function refusal(bytes: Uint8Array): string {
  try {
    ClusterSnapshot.fromFile(bytes)
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  return ''
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

describe('a snapshot of a whole cluster as a file', () => {
  test('is the cluster again, in the middle of what it was doing', () => {
    const copy = SimCluster.restore(ClusterSnapshot.fromFile(file))
    const original = cluster.fork()
    for (const each of [copy, original]) each.advance('10m')
    expect(copy.state.traceHash()).toBe(original.state.traceHash())
    expect(copy.toJSON()).toEqual(original.toJSON())
    expect(text(file.subarray(0, 200)).split('\n')[0]).toMatch(
      /^simcluster snapshot 1 bytes=\d+ sha256=[0-9a-f]{64}$/,
    )
  })

  test.each([
    ['nothing', new Uint8Array(0), 'this is not a simcluster snapshot file'],
    [
      'some JSON',
      new TextEncoder().encode(JSON.stringify(cluster)),
      'this is not a simcluster snapshot file',
    ],
    [
      'a snapshot of etcd',
      cluster.internals.etcd.snapshot(),
      'this is a snapshot of etcd: SimCluster.fromEtcdSnapshot reads it',
    ],
    [
      'a later format',
      new TextEncoder().encode('simcluster snapshot 7 zstd\n...'),
      'this snapshot file has format 7; this version of simcluster reads format 1',
    ],
    ['a part of one', file.subarray(0, -100), /^the snapshot file is truncated: \d+ of \d+ bytes are there$/],
    [
      'a changed one',
      file.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
      /^the snapshot file is corrupt: its sha256 is [0-9a-f]{64} and should be [0-9a-f]{64}$/,
    ],
  ])('%s is refused with what is wrong', (_, bytes, reason) => {
    expect(refusal(bytes)).toMatch(reason)
  })

  test('no change of a byte goes unseen', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        expect(refusal(file.map((byte, each) => (each === at ? byte ^ flip : byte)))).not.toBe('')
      }),
      { numRuns: 25 },
    )
  })

  test('what is damaged within, and yet written with a fitting hash, is refused too', () => {
    const json = JSON.parse(JSON.stringify(cluster)) as Record<string, unknown>
    expect(() => ClusterSnapshot.fromJSON(badInput({ ...json, etcd: { writes: 5 } }))).toThrow(
      /^this snapshot is damaged: /,
    )
    expect(() => ClusterSnapshot.fromJSON(badInput({ ...json, simulation: undefined }))).toThrow(
      /^this snapshot is damaged: /,
    )
    expect(() => ClusterSnapshot.fromJSON(badInput({ ...json, simcluster: 1 }))).toThrow(
      /SimCluster\.fromEtcdSnapshot\(\) here\.$/,
    )
  })
})
