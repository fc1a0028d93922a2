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
  Protocol,
  ProxyHop,
  Reply,
  RouteHop,
  ServiceAddressKind,
  SourceHop,
} from './connection.js'
export { hostPort } from './connection.js'
export type { Source, Wanted } from './data-path.js'
export type {
  Accepted,
  NetworkNode,
  NetworkPorts,
  NetworkState,
  NodeDirectory,
  OutsideHost,
  PolicyConnection,
  PolicyEnd,
  PolicyEnforcer,
  RunningPod,
} from './ports.js'
export type { DnsAnswer, DnsRecord, RecordType } from './dns/records.js'
export type { DnsReply } from './dns/resolver.js'
export { ClusterPolicies } from './policies/cluster-policies.js'
export type { NetworkPolicyOptions } from './policies/cluster-policies.js'
export { resolvConfText } from './dns/resolv-conf.js'
