import { createHash } from 'node:crypto'
import { EtcdError } from '../../etcd/errors.js'
import type { EtcdErrorName } from '../../etcd/errors.js'
import type { AlarmRequest } from '../../etcd/requests.js'
import type { EtcdAccessControl } from './auth.js'
import { Code, GrpcError } from './grpc/grpc-error.js'
import type { CallInfo, Method, StreamMethod } from './grpc/methods.js'
import type { EtcdMember } from './member.js'
import { unary } from './grpc/unary.js'

/**
 * Bytes of the snapshot file per message. Source: server/etcdserver/api/v3rpc/maintenance.go
 * snapshotSendBufferSize.
 */
const SNAPSHOT_PIECE = 32 * 1024
/** The cluster version of a 3.5 server, and the only version that it can be downgraded to. */
const CLUSTER_VERSION = '3.5.0'
const DOWNGRADE_TARGET = '3.4'

/** Source: server/auth/store.go. */
const RAW_TEXTS: Partial<Record<EtcdErrorName, string>> = {
  permissionDenied: 'permission denied',
  userNotFound: 'user not found',
  userEmpty: 'user name is empty',
  invalidAuthToken: 'invalid auth token',
}

/** The Maintenance service. Source: server/etcdserver/api/v3rpc/maintenance.go. */
export function maintenanceService(
  member: EtcdMember,
  access: EtcdAccessControl,
): ReadonlyMap<string, Method> {
  const { store, catchUp, afterRequest } = member
  /**
   * Requires root. These methods return errors with the text of etcd's auth store, which other services
   * translate.
   */
  const demandRoot = (call: CallInfo): void => {
    try {
      access.demandRoot(call)
    } catch (error) {
      const text = error instanceof EtcdError ? RAW_TEXTS[error.reason] : undefined
      throw text === undefined ? error : new GrpcError(Code.Unknown, `auth: ${text}`)
    }
  }
  const downgrade = new Downgrade()
  const snapshot: StreamMethod = {
    request: 'Empty',
    response: 'SnapshotResponse',
    open: (call) => ({
      message: () => {
        demandRoot(call)
        catchUp()
        for (const piece of snapshotPieces(store.snapshot({ hash: false }))) call.send(piece)
        call.end()
      },
    }),
  }
  return new Map<string, Method>([
    [
      'Alarm',
      unary('AlarmRequest', 'AlarmResponse', (request: AlarmRequest, call) => {
        catchUp()
        access.user(call)
        const response = store.alarm(request)
        afterRequest()
        return response
      }),
    ],
    [
      'Status',
      unary('Empty', 'StatusResponse', () => {
        catchUp()
        return store.status()
      }),
    ],
    [
      'Defragment',
      unary('Empty', 'HeaderOnlyResponse', (_request, call) => {
        demandRoot(call)
        store.defragment()
        return {}
      }),
    ],
    [
      'Hash',
      unary('Empty', 'HashResponse', (_request, call) => {
        demandRoot(call)
        catchUp()
        return store.hash()
      }),
    ],
    [
      'HashKV',
      unary('HashKVRequest', 'HashKVResponse', ({ revision }: { readonly revision: number }, call) => {
        demandRoot(call)
        catchUp()
        return store.hashKV(revision)
      }),
    ],
    ['Snapshot', snapshot],
    [
      'MoveLeader',
      unary('MoveLeaderRequest', 'HeaderOnlyResponse', ({ targetId }: { readonly targetId: bigint }) => {
        if (targetId !== store.header.memberId)
          throw new GrpcError(Code.FailedPrecondition, 'etcdserver: bad leader transferee')
        return {}
      }),
    ],
    [
      'Downgrade',
      unary('DowngradeRequest', 'DowngradeResponse', (request: DowngradeRequest) => {
        downgrade.run(request)
        return { header: store.header, version: CLUSTER_VERSION }
      }),
    ],
  ])
}

/** The file in pieces, followed by its SHA-256. */
function* snapshotPieces(
  file: Uint8Array,
): Iterable<{ readonly remainingBytes: number; readonly blob: Uint8Array }> {
  for (let at = 0; at < file.length; at += SNAPSHOT_PIECE) {
    const blob = file.subarray(at, at + SNAPSHOT_PIECE)
    yield { remainingBytes: file.length - at - blob.length, blob }
  }
  yield { remainingBytes: 0, blob: createHash('sha256').update(file).digest() }
}

interface DowngradeRequest {
  readonly action: 'VALIDATE' | 'ENABLE' | 'CANCEL' | number
  readonly version: string
}

/**
 * The state of a requested downgrade, which has no effect. Source: server/etcdserver/v3_server.go Downgrade.
 */
class Downgrade {
  #isInflight = false

  run({ action, version }: DowngradeRequest): void {
    switch (action) {
      case 'CANCEL':
        if (!this.#isInflight)
          throw new GrpcError(Code.FailedPrecondition, 'etcdserver: no inflight downgrade job')
        this.#isInflight = false
        return
      case 'VALIDATE':
        return this.#check(version)
      case 'ENABLE':
        this.#check(version)
        this.#isInflight = true
        return
      default:
        throw new GrpcError(Code.Unknown, 'etcdserver: unknown method')
    }
  }

  #check(version: string): void {
    const [, minor] = /^(\d+\.\d+)(?:\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)?$/.exec(version) ?? []
    if (minor === undefined)
      throw new GrpcError(Code.InvalidArgument, 'etcdserver: wrong downgrade target version format')
    if (minor !== DOWNGRADE_TARGET)
      throw new GrpcError(Code.InvalidArgument, 'etcdserver: invalid downgrade target version')
    if (this.#isInflight)
      throw new GrpcError(Code.FailedPrecondition, 'etcdserver: cluster has a downgrade job in progress')
  }
}
