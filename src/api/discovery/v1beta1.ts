import { coreSchema } from '../core/generated.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import { convertedAs } from '../kind/converted-as.js'
import type { Draft } from '../kind/draft.js'
import { metaSchema } from '../meta/generated.js'
import {
  always,
  atomicList,
  defineGroup,
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
import { endpointSliceDefinition } from './endpoint-slice.js'
import { zoneLabel } from './endpoint-slice-validation.js'
import { discoverySchema, type Endpoint, type EndpointSlice } from './generated.js'

const hostnameLabel = 'kubernetes.io/hostname'

type BetaEndpoint = Omit<Endpoint, 'deprecatedTopology' | 'zone'> & {
  readonly topology?: Readonly<Record<string, string>>
}

/** An EndpointSlice of v1beta1, whose zone is in a map of labels. */
export interface BetaEndpointSlice extends KubeObject {
  readonly addressType: EndpointSlice['addressType']
  readonly endpoints: readonly BetaEndpoint[] | null
  readonly ports?: EndpointSlice['ports']
}

/** Field tables of io.k8s.api.discovery.v1beta1. */
export const discoveryBetaSchema: SchemaGroup = defineGroup(
  'io.k8s.api.discovery.v1beta1',
  'v1beta1',
  [discoverySchema, coreSchema, metaSchema],
  {
    Endpoint: () =>
      message({
        addresses: required(always(setList(string))),
        conditions: always(ref('EndpointConditions')),
        hints: ref('EndpointHints'),
        hostname: pointer(string),
        nodeName: pointer(string),
        targetRef: ref('ObjectReference'),
        topology: map(string),
      }),
    EndpointSlice: () =>
      message({
        addressType: required(always(named('v1beta1.AddressType', ['FQDN', 'IPv4', 'IPv6']))),
        apiVersion: pointer(string),
        endpoints: required(always(atomicList(ref('Endpoint')))),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        ports: always(atomicList(ref('EndpointPort'))),
      }),
  },
)

/** Source: pkg/apis/discovery/v1beta1/conversion.go Convert_v1beta1_Endpoint_To_discovery_Endpoint. */
function endpointToV1({ topology, ...endpoint }: BetaEndpoint): Endpoint {
  if (topology === undefined) return endpoint
  const { [zoneLabel]: zone, [hostnameLabel]: hostname, ...others } = topology
  const keepsHostname = hostname !== undefined && hostname !== endpoint.nodeName
  const rest = keepsHostname ? { [hostnameLabel]: hostname, ...others } : others
  return {
    ...endpoint,
    ...(Object.keys(rest).length === 0 ? {} : { deprecatedTopology: rest }),
    ...(zone === undefined ? {} : { zone }),
  }
}

/** Source: Convert_discovery_Endpoint_To_v1beta1_Endpoint. */
function endpointToBeta({ deprecatedTopology, zone, ...endpoint }: Endpoint): BetaEndpoint {
  const { nodeName } = endpoint
  if (deprecatedTopology === undefined && zone === undefined && nodeName === undefined) return endpoint
  return {
    ...endpoint,
    topology: {
      ...(nodeName === undefined ? {} : { [hostnameLabel]: nodeName }),
      ...deprecatedTopology,
      ...(zone === undefined ? {} : { [zoneLabel]: zone }),
    },
  }
}

const { prepareForCreate: _, prepareForUpdate: __, ...strategy } = endpointSliceDefinition.strategy

/** discovery.k8s.io/v1beta1 EndpointSlice, which keeps its topology maps. */
export const endpointSliceBetaDefinition: KindDefinition = {
  ...convertedAs<BetaEndpointSlice, EndpointSlice>(
    { ...endpointSliceDefinition, strategy },
    {
      group: 'discovery.k8s.io',
      version: 'v1beta1',
      encode: ({ endpoints, ...slice }) =>
        ({
          ...slice,
          apiVersion: 'discovery.k8s.io/v1',
          endpoints: endpoints?.map(endpointToV1) ?? null,
        }) as EndpointSlice,
      decode: ({ endpoints, ...slice }) => ({
        ...slice,
        apiVersion: 'discovery.k8s.io/v1beta1',
        endpoints: (endpoints as readonly Endpoint[] | null)?.map(endpointToBeta) ?? null,
      }),
      // ports are the same in both
      setDefaults: (draft) => endpointSliceDefinition.setDefaults?.(draft as unknown as Draft<EndpointSlice>),
    },
  ),
}
