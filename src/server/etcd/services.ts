import { EtcdAccessControl, authService } from './auth.js'
import type { Services } from './grpc/methods.js'
import { healthService } from './health.js'
import { kvService } from './kv.js'
import { leaseService } from './lease.js'
import { maintenanceService } from './maintenance.js'
import type { EtcdMember } from './member.js'
import { clusterService } from './members.js'
import { WatchService } from './watch.js'

/** Returns all gRPC services of a member. Call `tick` when time has moved. */
export function etcdServices(member: EtcdMember): {
  readonly services: Services
  readonly tick: (now: number) => void
} {
  const access = new EtcdAccessControl(member.store.auth, () => member.now(), member.commonName)
  const watch = new WatchService(member, access)
  const services: Services = new Map([
    ['etcdserverpb.KV', kvService(member, access)],
    ['etcdserverpb.Watch', watch.methods()],
    ['etcdserverpb.Lease', leaseService(member, access)],
    ['etcdserverpb.Cluster', clusterService(member, access)],
    ['etcdserverpb.Maintenance', maintenanceService(member, access)],
    ['etcdserverpb.Auth', authService(member, access)],
    ['grpc.health.v1.Health', healthService()],
  ])
  return { services, tick: (now) => watch.tick(now) }
}
