import type { LeaseGrantRequest, LeaseTimeToLiveRequest } from '../../etcd/requests.js'
import type { EtcdAccessControl, KeyAccess } from './auth.js'
import type { Method, StreamMethod } from './grpc/methods.js'
import type { EtcdMember } from './member.js'
import { checkProposal, unary } from './grpc/unary.js'

interface LeaseRequest {
  readonly id: bigint
}

const noShape = (): void => undefined

/** The Lease service. Source: server/etcdserver/api/v3rpc/lease.go. */
export function leaseService(
  { store, catchUp, afterRequest, wait }: EtcdMember,
  access: EtcdAccessControl,
): ReadonlyMap<string, Method> {
  const keysOf = (id: bigint, needs: KeyAccess['needs']): KeyAccess[] =>
    store.leaseTimeToLive({ id, keys: true }).keys.map((key) => ({ needs, key, rangeEnd: '' }))
  const keepAlive: StreamMethod = {
    request: 'LeaseRequest',
    response: 'LeaseKeepAliveResponse',
    open: (call) => {
      const done = wait()
      return {
        message: ({ id }: LeaseRequest) => {
          catchUp()
          call.send(store.leaseKeepAlive(id))
        },
        halfClose: () => call.end(),
        closed: done,
      }
    },
  }
  return new Map<string, Method>([
    [
      'LeaseGrant',
      unary('LeaseGrantRequest', 'LeaseGrantResponse', (request: LeaseGrantRequest, call, size) => {
        catchUp()
        checkProposal(size)
        access.user(call)
        const granted = store.leaseGrant(request)
        afterRequest()
        return granted
      }),
    ],
    [
      'LeaseRevoke',
      unary('LeaseRequest', 'HeaderOnlyResponse', ({ id }: LeaseRequest, call) => {
        catchUp()
        access.check(
          call,
          () => keysOf(id, 'WRITE'),
          noShape,
          () => undefined,
        )
        const response = store.leaseRevoke(id)
        afterRequest()
        return response
      }),
    ],
    ['LeaseKeepAlive', keepAlive],
    [
      'LeaseTimeToLive',
      unary('LeaseTimeToLiveRequest', 'LeaseTimeToLiveResponse', (request: LeaseTimeToLiveRequest, call) => {
        catchUp()
        return access.check(
          call,
          () => keysOf(request.id, 'READ'),
          noShape,
          () => store.leaseTimeToLive(request),
        )
      }),
    ],
    [
      'LeaseLeases',
      unary('Empty', 'LeaseLeasesResponse', () => {
        catchUp()
        const { header, leases } = store.leases()
        return { header, leases: leases.map((id) => ({ id })) }
      }),
    ],
  ])
}
