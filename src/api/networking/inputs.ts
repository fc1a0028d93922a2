// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { TypedLocalObjectReferenceInput } from '../core/inputs.js'
import type { IntOrString } from '../../lang/json/json.js'
import type { ConditionInput, LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link HTTPIngressPath} as clients send it. */
export interface HTTPIngressPathInput {
  readonly backend: IngressBackendInput
  readonly path?: string | undefined
  readonly pathType: 'Exact' | 'ImplementationSpecific' | 'Prefix'
}

/** A {@link HTTPIngressRuleValue} as clients send it. */
export interface HTTPIngressRuleValueInput {
  readonly paths: ReadonlyArray<HTTPIngressPathInput>
}

/** A {@link IPAddress} as clients send it. */
export interface IPAddressInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: IPAddressSpecInput
}

/** A {@link IPAddressSpec} as clients send it. */
export interface IPAddressSpecInput {
  readonly parentRef: ParentReferenceInput
}

/** A {@link IPBlock} as clients send it. */
export interface IPBlockInput {
  readonly cidr: string
  readonly except?: ReadonlyArray<string> | undefined
}

/** A {@link Ingress} as clients send it. */
export interface IngressInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: IngressSpecInput | undefined
  readonly status?: IngressStatusInput | undefined
}

/** A {@link IngressBackend} as clients send it. */
export interface IngressBackendInput {
  readonly resource?: TypedLocalObjectReferenceInput | undefined
  readonly service?: IngressServiceBackendInput | undefined
}

/** A {@link IngressClass} as clients send it. */
export interface IngressClassInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: IngressClassSpecInput | undefined
}

/** A {@link IngressClassParametersReference} as clients send it. */
export interface IngressClassParametersReferenceInput {
  readonly apiGroup?: string | undefined
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
  readonly scope?: string | null | undefined
}

/** A {@link IngressClassSpec} as clients send it. */
export interface IngressClassSpecInput {
  readonly controller?: string | undefined
  readonly parameters?: IngressClassParametersReferenceInput | undefined
}

/** A {@link IngressLoadBalancerIngress} as clients send it. */
export interface IngressLoadBalancerIngressInput {
  readonly hostname?: string | undefined
  readonly ip?: string | undefined
  readonly ports?: ReadonlyArray<IngressPortStatusInput> | undefined
}

/** A {@link IngressLoadBalancerStatus} as clients send it. */
export interface IngressLoadBalancerStatusInput {
  readonly ingress?: ReadonlyArray<IngressLoadBalancerIngressInput> | undefined
}

/** A {@link IngressPortStatus} as clients send it. */
export interface IngressPortStatusInput {
  readonly error?: string | undefined
  readonly port: number
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
}

/** A {@link IngressRule} as clients send it. */
export interface IngressRuleInput {
  readonly host?: string | undefined
  readonly http?: HTTPIngressRuleValueInput | undefined
}

/** A {@link IngressServiceBackend} as clients send it. */
export interface IngressServiceBackendInput {
  readonly name: string
  readonly port?: ServiceBackendPortInput | undefined
}

/** A {@link IngressSpec} as clients send it. */
export interface IngressSpecInput {
  readonly defaultBackend?: IngressBackendInput | undefined
  readonly ingressClassName?: string | undefined
  readonly rules?: ReadonlyArray<IngressRuleInput> | undefined
  readonly tls?: ReadonlyArray<IngressTLSInput> | undefined
}

/** A {@link IngressStatus} as clients send it. */
export interface IngressStatusInput {
  readonly loadBalancer?: IngressLoadBalancerStatusInput | undefined
}

/** A {@link IngressTLS} as clients send it. */
export interface IngressTLSInput {
  readonly hosts?: ReadonlyArray<string> | undefined
  readonly secretName?: string | undefined
}

/** A {@link NetworkPolicy} as clients send it. */
export interface NetworkPolicyInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: NetworkPolicySpecInput | undefined
}

/** A {@link NetworkPolicyEgressRule} as clients send it. */
export interface NetworkPolicyEgressRuleInput {
  readonly ports?: ReadonlyArray<NetworkPolicyPortInput> | undefined
  readonly to?: ReadonlyArray<NetworkPolicyPeerInput> | undefined
}

/** A {@link NetworkPolicyIngressRule} as clients send it. */
export interface NetworkPolicyIngressRuleInput {
  readonly from?: ReadonlyArray<NetworkPolicyPeerInput> | undefined
  readonly ports?: ReadonlyArray<NetworkPolicyPortInput> | undefined
}

/** A {@link NetworkPolicyPeer} as clients send it. */
export interface NetworkPolicyPeerInput {
  readonly ipBlock?: IPBlockInput | undefined
  readonly namespaceSelector?: LabelSelectorInput | undefined
  readonly podSelector?: LabelSelectorInput | undefined
}

/** A {@link NetworkPolicyPort} as clients send it. */
export interface NetworkPolicyPortInput {
  readonly endPort?: number | undefined
  readonly port?: IntOrString | undefined
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | undefined
}

/** A {@link NetworkPolicySpec} as clients send it. */
export interface NetworkPolicySpecInput {
  readonly egress?: ReadonlyArray<NetworkPolicyEgressRuleInput> | undefined
  readonly ingress?: ReadonlyArray<NetworkPolicyIngressRuleInput> | undefined
  readonly podSelector?: LabelSelectorInput | undefined
  readonly policyTypes?: ReadonlyArray<'Egress' | 'Ingress'> | undefined
}

/** A {@link ParentReference} as clients send it. */
export interface ParentReferenceInput {
  readonly group?: string | undefined
  readonly name: string
  readonly namespace?: string | undefined
  readonly resource: string
}

/** A {@link ServiceBackendPort} as clients send it. */
export interface ServiceBackendPortInput {
  readonly name?: string | undefined
  readonly number?: number | undefined
}

/** A {@link ServiceCIDR} as clients send it. */
export interface ServiceCIDRInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: ServiceCIDRSpecInput | undefined
  readonly status?: ServiceCIDRStatusInput | undefined
}

/** A {@link ServiceCIDRSpec} as clients send it. */
export interface ServiceCIDRSpecInput {
  readonly cidrs?: ReadonlyArray<string> | undefined
}

/** A {@link ServiceCIDRStatus} as clients send it. */
export interface ServiceCIDRStatusInput {
  readonly conditions?: ReadonlyArray<ConditionInput> | undefined
}
