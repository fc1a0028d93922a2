import { expect, test } from 'vitest'
import type { Lease } from '../../src/api/coordination/generated.js'
import type { Node } from '../../src/api/core/generated.js'
import { type HeartbeatDependencies, QuietHeartbeats } from '../../src/apiserver/heartbeats.js'
import { partial } from '../support/typed.js'

interface Noted {
  readonly beats: QuietHeartbeats
  readonly log: string[]
  readonly write: () => void
}

/** Heartbeats whose writes are noted: `key@revision`, `=revision` and `seen`. */
function noted(stored: Readonly<Record<string, Lease | Node>>): Noted {
  const log: string[] = []
  let write = (): void => undefined
  const ports = partial<HeartbeatDependencies>({
    storage: {
      revision: 100,
      get: (key: string) => stored[key.split('/').at(-2) as string],
      isPrivate: () => true,
      replay: (key: string, _object: object, _expected: number, { revision }: { revision: number }) => {
        log.push(`${key.split('/').at(-2)}@${revision}`)
        return {}
      },
      skipTo: (revision: number) => log.push(`=${revision}`),
    },
    hub: {
      isOnlyFollowed: () => true,
      passOver: (write: (delivered: () => void) => void) => write(() => log.push('passed over')),
    },
    clock: { now: () => 0 },
    bus: { has: () => false },
    quiet: {
      keep: () => undefined,
      onWrite: (_owner: string, writer: (deliver: () => void) => void) => {
        write = () => writer(() => log.push('seen'))
      },
    },
  })
  const beats = new QuietHeartbeats(ports)
  return { beats, log, write: () => write() }
}

test('an object that is first at an instant and at the next one leaves the revisions of others alone', () => {
  const metadata = { name: 'node-1', resourceVersion: '7' }
  const node = { kind: 'Node', metadata, status: {} } as Node
  const lease = { kind: 'Lease', metadata, spec: {} } as Lease
  const { beats, log, write } = noted({ 'kube-node-lease': lease, minions: node })
  const [leases, nodes] = [lease, node].map((object) => beats.tally(object, () => undefined))
  leases?.beat(1_000) // 101
  nodes?.beat(1_000) // 102
  leases?.beat(11_000) // 103
  write()
  expect(log).toEqual([
    ...['minions@102', '=102', 'seen', 'passed over'],
    ...['kube-node-lease@103', '=103', 'seen', 'passed over'],
  ])
})
