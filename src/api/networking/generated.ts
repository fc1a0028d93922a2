// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { TypedLocalObjectReference } from '../core/generated.js'
import type { IntOrString } from '../../lang/json/json.js'
import type { Condition, LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomic,
  atomicList,
  defineGroup,
  int32,
  intOrString,
  mapList,
  merge,
  message,
  named,
  nullable,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface HTTPIngressPath {
  readonly backend: IngressBackend
  readonly path?: string
  readonly pathType: 'Exact' | 'ImplementationSpecific' | 'Prefix'
}

export interface HTTPIngressRuleValue {
  readonly paths: ReadonlyArray<HTTPIngressPath>
}

export interface IPAddress {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: IPAddressSpec
}

export interface IPAddressSpec {
  readonly parentRef: ParentReference
}

export interface IPBlock {
  readonly cidr: string
  readonly except?: ReadonlyArray<string>
}

export interface Ingress {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: IngressSpec
  readonly status: IngressStatus
}

export interface IngressBackend {
  readonly resource?: TypedLocalObjectReference
  readonly service?: IngressServiceBackend
}

export interface IngressClass {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: IngressClassSpec
}

export interface IngressClassParametersReference {
  readonly apiGroup?: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly scope?: string | null
}

export interface IngressClassSpec {
  readonly controller?: string
  readonly parameters?: IngressClassParametersReference
}

export interface IngressLoadBalancerIngress {
  readonly hostname?: string
  readonly ip?: string
  readonly ports?: ReadonlyArray<IngressPortStatus>
}

export interface IngressLoadBalancerStatus {
  readonly ingress?: ReadonlyArray<IngressLoadBalancerIngress>
}

export interface IngressPortStatus {
  readonly error?: string
  readonly port: number
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
}

export interface IngressRule {
  readonly host?: string
  readonly http?: HTTPIngressRuleValue
}

export interface IngressServiceBackend {
  readonly name: string
  readonly port: ServiceBackendPort
}

export interface IngressSpec {
  readonly defaultBackend?: IngressBackend
  readonly ingressClassName?: string
  readonly rules?: ReadonlyArray<IngressRule>
  readonly tls?: ReadonlyArray<IngressTLS>
}

export interface IngressStatus {
  readonly loadBalancer: IngressLoadBalancerStatus
}

export interface IngressTLS {
  readonly hosts?: ReadonlyArray<string>
  readonly secretName?: string
}

export interface NetworkPolicy {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: NetworkPolicySpec
}

export interface NetworkPolicyEgressRule {
  readonly ports?: ReadonlyArray<NetworkPolicyPort>
  readonly to?: ReadonlyArray<NetworkPolicyPeer>
}

export interface NetworkPolicyIngressRule {
  readonly from?: ReadonlyArray<NetworkPolicyPeer>
  readonly ports?: ReadonlyArray<NetworkPolicyPort>
}

export interface NetworkPolicyPeer {
  readonly ipBlock?: IPBlock
  readonly namespaceSelector?: LabelSelector
  readonly podSelector?: LabelSelector
}

export interface NetworkPolicyPort {
  readonly endPort?: number
  readonly port?: IntOrString
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
}

export interface NetworkPolicySpec {
  readonly egress?: ReadonlyArray<NetworkPolicyEgressRule>
  readonly ingress?: ReadonlyArray<NetworkPolicyIngressRule>
  readonly podSelector: LabelSelector
  readonly policyTypes: ReadonlyArray<'Egress' | 'Ingress'>
}

export interface ParentReference {
  readonly group?: string
  readonly name: string
  readonly namespace?: string
  readonly resource: string
}

export interface ServiceBackendPort {
  readonly name?: string
  readonly number?: number
}

export interface ServiceCIDR {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: ServiceCIDRSpec
  readonly status: ServiceCIDRStatus
}

export interface ServiceCIDRSpec {
  readonly cidrs?: ReadonlyArray<string>
}

export interface ServiceCIDRStatus {
  readonly conditions?: ReadonlyArray<Condition>
}

/** Field tables of io.k8s.api.networking.v1. */
export const networkingSchema: SchemaGroup = defineGroup(
  'io.k8s.api.networking.v1',
  'v1',
  [coreSchema, metaSchema],
  {
    HTTPIngressPath: () =>
      message({
        backend: required(always(ref('IngressBackend'))),
        path: string,
        pathType: required(nullable(named('v1.PathType', ['Exact', 'ImplementationSpecific', 'Prefix']))),
      }),
    HTTPIngressRuleValue: () => message({ paths: required(always(atomicList(ref('HTTPIngressPath')))) }),
    IPAddress: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('IPAddressSpec')),
      }),
    IPAddressSpec: () => message({ parentRef: required(ref('ParentReference')) }),
    IPBlock: () => message({ cidr: required(always(string)), except: atomicList(string) }),
    Ingress: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('IngressSpec')),
        status: always(ref('IngressStatus')),
      }),
    IngressBackend: () =>
      message({ resource: ref('TypedLocalObjectReference'), service: ref('IngressServiceBackend') }),
    IngressClass: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('IngressClassSpec')),
      }),
    IngressClassParametersReference: () =>
      message({
        apiGroup: pointer(string),
        kind: required(always(string)),
        name: required(always(string)),
        namespace: pointer(string),
        scope: nullable(string),
      }),
    IngressClassSpec: () =>
      message({ controller: string, parameters: ref('IngressClassParametersReference') }),
    IngressLoadBalancerIngress: () =>
      message({ hostname: string, ip: string, ports: atomicList(ref('IngressPortStatus')) }),
    IngressLoadBalancerStatus: () => message({ ingress: atomicList(ref('IngressLoadBalancerIngress')) }),
    IngressPortStatus: () =>
      message({
        error: pointer(string),
        port: required(always(int32)),
        protocol: required(always(named('v1.Protocol', ['SCTP', 'TCP', 'UDP']))),
      }),
    IngressRule: () => message({ host: string, http: ref('HTTPIngressRuleValue') }),
    IngressServiceBackend: () =>
      message({ name: required(always(string)), port: always(ref('ServiceBackendPort')) }),
    IngressSpec: () =>
      message({
        defaultBackend: ref('IngressBackend'),
        ingressClassName: pointer(string),
        rules: atomicList(ref('IngressRule')),
        tls: atomicList(ref('IngressTLS')),
      }),
    IngressStatus: () => message({ loadBalancer: always(ref('IngressLoadBalancerStatus')) }),
    IngressTLS: () => message({ hosts: atomicList(string), secretName: string }),
    NetworkPolicy: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('NetworkPolicySpec')),
      }),
    NetworkPolicyEgressRule: () =>
      message({ ports: atomicList(ref('NetworkPolicyPort')), to: atomicList(ref('NetworkPolicyPeer')) }),
    NetworkPolicyIngressRule: () =>
      message({ from: atomicList(ref('NetworkPolicyPeer')), ports: atomicList(ref('NetworkPolicyPort')) }),
    NetworkPolicyPeer: () =>
      message({
        ipBlock: ref('IPBlock'),
        namespaceSelector: ref('LabelSelector'),
        podSelector: ref('LabelSelector'),
      }),
    NetworkPolicyPort: () =>
      message({
        endPort: pointer(int32),
        port: intOrString,
        protocol: pointer(named('v1.Protocol', ['SCTP', 'TCP', 'UDP'])),
      }),
    NetworkPolicySpec: () =>
      message({
        egress: atomicList(ref('NetworkPolicyEgressRule')),
        ingress: atomicList(ref('NetworkPolicyIngressRule')),
        podSelector: always(ref('LabelSelector')),
        policyTypes: atomicList(named('v1.PolicyType', ['Egress', 'Ingress'])),
      }),
    ParentReference: () =>
      message({ group: string, name: required(string), namespace: string, resource: required(string) }),
    ServiceBackendPort: () => atomic({ name: string, number: int32 }),
    ServiceCIDR: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('ServiceCIDRSpec')),
        status: always(ref('ServiceCIDRStatus')),
      }),
    ServiceCIDRSpec: () => message({ cidrs: atomicList(string) }),
    ServiceCIDRStatus: () =>
      message({ conditions: merge('merge', mapList(ref('Condition'), 'type'), 'type') }),
  },
)
