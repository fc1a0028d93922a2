export { Network } from './network.js'
export type { ConnectOptions } from './network.js'
export type { From, To } from './ends.js'
export type {
  Connection,
  DnsHop,
  EndpointView,
  EntryHop,
  Hop,
  ListenerHop,
  Outcome,
  Payload,
  PolicyHop,
  ProxyHop,
  Reply,
  RouteHop,
  ServiceAddressKind,
  SourceHop,
} from './connection.js'
export type { Protocol } from '../netpol/world.js'
export type { Source, ConnectionRequest } from './packet.js'
export type {
  Accepted,
  NetworkNode,
  NetworkDependencies,
  NetworkState,
  NodeDirectory,
  OutsideHost,
  PolicyConnection,
  PolicyEnd,
  PolicyEnforcer,
  RunningPod,
} from './dependencies.js'
export type { DnsAnswer, DnsRecord, RecordType } from './dns/cluster-zone.js'
export type { DnsResponse } from './dns/resolver.js'
export { ClusterPolicies } from './cluster-policies.js'
export type { NetworkPolicyOptions } from './cluster-policies.js'
export { candidates, NODE_DNS, resolvConfText } from './dns/resolv-conf.js'
export type { ResolvConf } from './dns/resolv-conf.js'
