// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ObjectReferenceInput } from '../core/inputs.js'
import type { ObjectMetaInput } from '../meta/inputs.js'

/** A {@link Endpoint} as clients send it. */
export interface EndpointInput {
  readonly addresses: ReadonlyArray<string>
  readonly conditions?: EndpointConditionsInput | undefined
  readonly deprecatedTopology?: Readonly<Record<string, string>> | undefined
  readonly hints?: EndpointHintsInput | undefined
  readonly hostname?: string | undefined
  readonly nodeName?: string | undefined
  readonly targetRef?: ObjectReferenceInput | undefined
  readonly zone?: string | undefined
}

/** A {@link EndpointConditions} as clients send it. */
export interface EndpointConditionsInput {
  readonly ready?: boolean | undefined
  readonly serving?: boolean | undefined
  readonly terminating?: boolean | undefined
}

/** A {@link EndpointHints} as clients send it. */
export interface EndpointHintsInput {
  readonly forNodes?: ReadonlyArray<ForNodeInput> | undefined
  readonly forZones?: ReadonlyArray<ForZoneInput> | undefined
}

/** A {@link EndpointPort} as clients send it. */
export interface EndpointPortInput {
  readonly appProtocol?: string | undefined
  readonly name?: string | undefined
  readonly port?: number | undefined
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | undefined
}

/** A {@link EndpointSlice} as clients send it. */
export interface EndpointSliceInput {
  readonly addressType: 'FQDN' | 'IPv4' | 'IPv6'
  readonly apiVersion?: string | undefined
  readonly endpoints: ReadonlyArray<EndpointInput> | null
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly ports?: ReadonlyArray<EndpointPortInput> | null | undefined
}

/** A {@link ForNode} as clients send it. */
export interface ForNodeInput {
  readonly name: string
}

/** A {@link ForZone} as clients send it. */
export interface ForZoneInput {
  readonly name: string
}
