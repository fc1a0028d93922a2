// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { coreSchema } from '../core/generated.js'
import { metaSchema } from '../meta/generated.js'
import type { ObjectReference } from '../core/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomic,
  atomicList,
  boolean,
  defineGroup,
  int32,
  map,
  message,
  named,
  pointer,
  ref,
  required,
  setList,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Endpoint {
  readonly addresses: ReadonlyArray<string>
  readonly conditions: EndpointConditions
  readonly deprecatedTopology?: Readonly<Record<string, string>>
  readonly hints?: EndpointHints
  readonly hostname?: string
  readonly nodeName?: string
  readonly targetRef?: ObjectReference
  readonly zone?: string
}

export interface EndpointConditions {
  readonly ready?: boolean
  readonly serving?: boolean
  readonly terminating?: boolean
}

export interface EndpointHints {
  readonly forNodes?: ReadonlyArray<ForNode>
  readonly forZones?: ReadonlyArray<ForZone>
}

export interface EndpointPort {
  readonly appProtocol?: string
  readonly name?: string
  readonly port?: number
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP'
}

export interface EndpointSlice {
  readonly addressType: 'FQDN' | 'IPv4' | 'IPv6'
  readonly apiVersion?: string
  readonly endpoints: ReadonlyArray<Endpoint> | null
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly ports?: ReadonlyArray<EndpointPort> | null
}

export interface ForNode {
  readonly name: string
}

export interface ForZone {
  readonly name: string
}

/** Field tables of io.k8s.api.discovery.v1. */
export const discoverySchema: SchemaGroup = defineGroup(
  'io.k8s.api.discovery.v1',
  'v1',
  [coreSchema, metaSchema],
  {
    Endpoint: () =>
      message({
        addresses: required(always(setList(string))),
        conditions: always(ref('EndpointConditions')),
        deprecatedTopology: map(string),
        hints: ref('EndpointHints'),
        hostname: pointer(string),
        nodeName: pointer(string),
        targetRef: ref('ObjectReference'),
        zone: pointer(string),
      }),
    EndpointConditions: () =>
      message({ ready: pointer(boolean), serving: pointer(boolean), terminating: pointer(boolean) }),
    EndpointHints: () =>
      message({ forNodes: atomicList(ref('ForNode')), forZones: atomicList(ref('ForZone')) }),
    EndpointPort: () =>
      atomic({
        appProtocol: pointer(string),
        name: pointer(string),
        port: pointer(int32),
        protocol: pointer(named('v1.Protocol', ['SCTP', 'TCP', 'UDP'])),
      }),
    EndpointSlice: () =>
      message({
        addressType: required(always(named('v1.AddressType', ['FQDN', 'IPv4', 'IPv6']))),
        apiVersion: pointer(string),
        endpoints: required(always(atomicList(ref('Endpoint')))),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        ports: always(atomicList(ref('EndpointPort'))),
      }),
    ForNode: () => message({ name: required(always(string)) }),
    ForZone: () => message({ name: required(always(string)) }),
  },
)
