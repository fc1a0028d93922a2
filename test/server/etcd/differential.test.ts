import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EtcdStore } from '../../../src/etcd/index.js'
import { encode } from '../../../src/server/etcd/grpc/codec.js'
import type { MessageName } from '../../../src/server/etcd/grpc/messages.js'
import { serveEtcd } from '../../../src/server/index.js'
import type { EtcdServer } from '../../../src/server/index.js'
import { Lockstep } from '../../etcd/lockstep.js'
import {
  chosen,
  deletesFromKey,
  fillRequest,
  operation,
  rangeRequest,
  txnRequest,
} from '../../etcd/operations.js'
import type { Operation, RangeChoice } from '../../etcd/operations.js'
import { EtcdClient, etcdInstalled, RealEtcd } from '../../etcd/real-etcd.js'
import { playWatches } from '../../etcd/watch-lockstep.js'
import { RawClient } from './raw-client.js'
import type { RawAnswer } from './raw-client.js'

const SEED = 11
const clock = { now: () => 1_700_000_000_000 }

describe('through gRPC, with the usual client', () => {
  let server: EtcdServer
  let client: EtcdClient
  beforeAll(async () => {
    server = await serveEtcd(new EtcdStore({ clock }), {
      now: clock.now,
      onError: (error) => expect.fail(String(error)),
    })
    client = new EtcdClient(`127.0.0.1:${server.port}`)
  })
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  test('random operations have the answers of the store', async () => {
    const lockstep = new Lockstep(client)
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        await lockstep.reset()
        await lockstep.play(operations)
      }),
      { numRuns: 80, seed: SEED },
    )
    lockstep.close()
    expect(lockstep.operations).toBeGreaterThan(300)
  })

  test('watchers are told what the store tells', async () => {
    const events = await playWatches(client, { numRuns: 25, seed: SEED })
    expect(events).toBeGreaterThan(150)
  })
})

interface Request {
  readonly path: string
  readonly bytes: Buffer
}

const request = (path: string, name: MessageName, message: object): Request => ({
  path: `/etcdserverpb.${path}`,
  bytes: encode(name, message),
})

/**
 * The call that an operation is; nothing for what has an answer of its own on each server (orders, clocks).
 */
function requestOf(
  each: Operation,
  now: number,
  isFragile: (revision: number) => boolean,
): Request | undefined {
  switch (each.do) {
    case 'put':
      return request('KV/Put', 'PutRequest', each.request)
    case 'range':
      return request('KV/Range', 'RangeRequest', rangeRequest(each.request as RangeChoice, now))
    case 'delete':
      return request('KV/DeleteRange', 'DeleteRangeRequest', each.request)
    case 'txn':
      return request('KV/Txn', 'TxnRequest', txnRequest(each.request, now))
    case 'fill':
      return request('KV/Txn', 'TxnRequest', fillRequest(each))
    case 'compact': {
      const revision = chosen(each.revision, now) ?? now
      return isFragile(revision)
        ? undefined
        : request('KV/Compact', 'CompactionRequest', { revision, physical: true })
    }
    case 'hashKV':
      return request('Maintenance/HashKV', 'HashKVRequest', { revision: chosen(each.revision, now) ?? 0 })
    // one that ends while the test runs would write a revision of its own
    case 'grant':
      return each.ttl < 60 ? undefined : request('Lease/LeaseGrant', 'LeaseGrantRequest', each)
    case 'revoke':
      return request('Lease/LeaseRevoke', 'LeaseRequest', each)
    default:
      return undefined
  }
}

/** Calls beside those of the store, wrong ones among them. */
const ODD: readonly Request[] = [
  request('Auth/AuthStatus', 'Empty', {}),
  request('Auth/Authenticate', 'AuthenticateRequest', { name: 'a', password: 'b' }),
  request('Auth/AuthEnable', 'Empty', {}),
  request('Auth/UserAdd', 'UserAddRequest', { name: '', password: 'x' }),
  request('Auth/UserAdd', 'UserAddRequest', { name: 'root', password: 'x' }),
  request('Auth/UserAdd', 'UserAddRequest', { name: 'root', password: 'y' }),
  request('Auth/AuthEnable', 'Empty', {}),
  request('Auth/UserGet', 'NameRequest', { name: 'nobody' }),
  request('Auth/RoleAdd', 'NameRequest', { name: '' }),
  request('Auth/RoleAdd', 'NameRequest', { name: 'r' }),
  request('Auth/RoleAdd', 'NameRequest', { name: 'r' }),
  request('Auth/RoleGrantPermission', 'RoleGrantPermissionRequest', { name: 'r' }),
  request('Auth/RoleGrantPermission', 'RoleGrantPermissionRequest', {
    name: 'r',
    perm: { permType: 'READWRITE', key: 'a', rangeEnd: 'c' },
  }),
  request('Auth/RoleGrantPermission', 'RoleGrantPermissionRequest', {
    name: 'r',
    perm: { permType: 'READ', key: 'x', rangeEnd: '' },
  }),
  request('Auth/RoleGet', 'NameRequest', { name: 'r' }),
  request('Auth/RoleRevokePermission', 'RoleRevokePermissionRequest', { role: 'r', key: 'q', rangeEnd: '' }),
  request('Auth/UserGrantRole', 'UserRoleRequest', { name: 'root', role: 'none' }),
  request('Auth/UserGrantRole', 'UserRoleRequest', { name: 'root', role: 'r' }),
  request('Auth/UserRevokeRole', 'UserRoleRequest', { name: 'root', role: 'root' }),
  request('Auth/UserGet', 'NameRequest', { name: 'root' }),
  request('Auth/UserList', 'Empty', {}),
  request('Auth/RoleList', 'Empty', {}),
  request('Auth/RoleDelete', 'NameRequest', { name: 'r' }),
  request('Auth/UserDelete', 'NameRequest', { name: 'root' }),
  request('Auth/UserDelete', 'NameRequest', { name: 'root' }),
  request('Auth/AuthStatus', 'Empty', {}),
  request('Auth/AuthDisable', 'Empty', {}),
  request('Maintenance/Alarm', 'AlarmRequest', { action: 'GET' }),
  request('Maintenance/Alarm', 'AlarmRequest', { action: 'ACTIVATE', memberId: 7n, alarm: 'NOSPACE' }),
  request('KV/Put', 'PutRequest', { key: 'a', value: Buffer.from('x') }),
  request('KV/Txn', 'TxnRequest', { success: [{ requestPut: { key: 'a', value: Buffer.from('x') } }] }),
  request('Lease/LeaseGrant', 'LeaseGrantRequest', { ttl: 60, id: 77n }),
  request('KV/DeleteRange', 'DeleteRangeRequest', { key: 'a' }),
  request('Maintenance/Alarm', 'AlarmRequest', { action: 'DEACTIVATE', memberId: 7n, alarm: 'NOSPACE' }),
  request('Maintenance/Alarm', 'AlarmRequest', { action: 'DEACTIVATE', memberId: 7n, alarm: 'NOSPACE' }),
  request('Maintenance/Defragment', 'Empty', {}),
  request('Maintenance/MoveLeader', 'MoveLeaderRequest', { targetId: 5n }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 'VALIDATE', version: '3.4.0' }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 'VALIDATE', version: '3.4' }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 'VALIDATE', version: '3.3.0' }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 'VALIDATE', version: 'x' }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 'CANCEL' }),
  request('Maintenance/Downgrade', 'DowngradeRequest', { action: 9 }),
  request('Cluster/MemberRemove', 'MemberRequest', { id: 5n }),
  request('Cluster/MemberPromote', 'MemberRequest', { id: 5n }),
  request('Cluster/MemberUpdate', 'MemberUpdateRequest', { id: 5n, peerUrls: ['http://127.0.0.1:1'] }),
  request('Cluster/MemberUpdate', 'MemberUpdateRequest', { id: 5n, peerUrls: ['nonsense'] }),
  request('Cluster/MemberAdd', 'MemberAddRequest', { peerUrls: ['127.0.0.1:1'] }),
  request('Cluster/MemberAdd', 'MemberAddRequest', { peerUrls: [] }),
  { path: '/grpc.health.v1.Health/Check', bytes: encode('HealthCheckRequest', { service: '' }) },
  { path: '/grpc.health.v1.Health/Check', bytes: encode('HealthCheckRequest', { service: 'x' }) },
  { path: '/nope.X/Y', bytes: Buffer.alloc(0) },
  { path: '/etcdserverpb.KV/Nope', bytes: Buffer.alloc(0) },
  { path: '/etcdserverpb.KV', bytes: Buffer.alloc(0) },
  // bytes that are no message
  { path: '/etcdserverpb.KV/Range', bytes: Buffer.from([0x0a, 0x05, 0x61]) },
  { path: '/etcdserverpb.KV/Range', bytes: Buffer.from([0x1a, 0x00]) },
  { path: '/etcdserverpb.KV/Put', bytes: Buffer.from([0x08, 0x01]) },
  { path: '/etcdserverpb.KV/Put', bytes: Buffer.from([0x07]) },
  { path: '/etcdserverpb.KV/Put', bytes: Buffer.from([0x00]) },
  { path: '/etcdserverpb.KV/Txn', bytes: Buffer.from([0x12, 0x02, 0x12, 0x7f]) },
  {
    path: '/etcdserverpb.KV/Range',
    bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  },
  // unknown fields are passed over; of a field that comes twice the last counts
  {
    path: '/etcdserverpb.KV/Range',
    bytes: Buffer.from([0xfa, 0x01, 0x01, 0x41, 0x0a, 0x01, 0x61, 0x0a, 0x01, 0x62]),
  },
  // the largest put, and one byte more
  request('KV/Put', 'PutRequest', { key: 'a', value: Buffer.alloc(1_572_839) }),
  request('KV/Put', 'PutRequest', { key: 'a', value: Buffer.alloc(1_572_841) }),
  request('KV/Put', 'PutRequest', { key: 'a', value: Buffer.alloc(2_097_152) }),
  request('KV/Range', 'RangeRequest', { key: Buffer.alloc(1_700_000, 'k').toString('latin1') }),
]

describe.skipIf(!etcdInstalled())('beside the real etcd (skipped only where its binary is missing)', () => {
  test('the same bytes are answered with the same bytes, statuses and texts', async () => {
    const etcd = await RealEtcd.start()
    const { header } = (await etcd.call('Maintenance', 'Status', {})) as {
      header: { cluster_id?: string; clusterId: string; memberId: string }
    }
    const store = new EtcdStore({
      clock,
      clusterId: BigInt(header.clusterId),
      memberId: BigInt(header.memberId),
    })
    await using server = await serveEtcd(store, {
      now: clock.now,
      onError: (error) => expect.fail(String(error)),
    })
    const [real, ours] = [await RawClient.to(`http://${etcd.address}`), await RawClient.to(server.url)]
    const fragile = new Set<number>()
    let calls = 0
    const compare = async (one: Request): Promise<void> => {
      calls++
      const [theirs, mine] = await Promise.all([
        real.call(one.path, one.bytes),
        ours.call(one.path, one.bytes),
      ])
      const plain = ({ code, message, messages }: RawAnswer): unknown => ({
        code,
        message,
        bytes: messages.map((each) => each.toString('latin1')),
      })
      expect(plain(mine), `${one.path} ${one.bytes.toString('hex', 0, 60)} at ${store.revision}`).toEqual(
        plain(theirs),
      )
    }
    for (const each of fc.sample(operation, { numRuns: 1_200, seed: SEED })) {
      const before = store.revision
      const one = requestOf(each, before, (revision) => fragile.has(revision))
      if (one !== undefined) await compare(one)
      if (each.do === 'txn' && deletesFromKey(each.request) && store.revision > before)
        fragile.add(store.revision)
    }
    for (const one of ODD) await compare(one)
    console.info(`differential: ${calls} calls, the same bytes`)
    real.close()
    ours.close()
    await etcd.stop()
  })
})
