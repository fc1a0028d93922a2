import { expect, test } from 'vitest'
import type { Lease } from '../../src/api/coordination/generated.js'
import type { Node } from '../../src/api/core/generated.js'
import { type HeartbeatDependencies, QuietHeartbeats } from '../../src/apiserver/heartbeats.js'
import { partial } from '../support/typed.js'

interface Noted {
  readonly beats: QuietHeartbeats
  readonly log: string[]
  readonly at: (ms: number) => void
  readonly write: () => void
}

/** Heartbeats whose writes are noted: `key@revision`, `=revision` and `seen`. */
function noted(): Noted {
  const log: string[] = []
  let now = 0
  let write = (): void => undefined
  const ports = partial<HeartbeatDependencies>({
    storage: {
      revision: 100,
      replay: (key: string, _object: object, _expected: number, { revision }: { revision: number }) => {
        log.push(`${key.split('/').at(-2)}@${revision}`)
        return {}
      },
      skipTo: (revision: number) => log.push(`=${revision}`),
    },
    hub: { followersOf: () => [] },
    clock: { now: () => now },
    bus: { has: () => false },
    trace: { record: () => undefined },
    quiet: {
      era: 0,
      onWrite: (_owner: string, writer: (deliver: () => void) => void) => {
        write = () => writer(() => log.push('seen'))
      },
      follow: () => undefined,
    },
  })
  const beats = new QuietHeartbeats(ports)
  return { beats, log, at: (ms) => void (now = ms), write: () => write() }
}

test('an object that is first at an instant and at the next one leaves the revisions of others alone', () => {
  const { beats, log, at, write } = noted()
  const metadata = { name: 'node-1', resourceVersion: '7' }
  const node = { kind: 'Node', metadata, status: {} } as Node
  const lease = { kind: 'Lease', metadata, spec: {} } as Lease
  const ignore = (): void => undefined
  at(1_000)
  beats.beat(lease, ignore) // 101
  beats.beat(node, ignore) // 102
  at(11_000)
  beats.beat(lease, ignore) // 103
  write()
  expect(log).toEqual(['minions@102', '=102', 'seen', 'kube-node-lease@103', '=103', 'seen'])
})
