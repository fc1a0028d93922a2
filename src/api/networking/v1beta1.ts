/**
 * Ingress of networking.k8s.io/v1beta1 and extensions/v1beta1. The tables are handwritten, because no current
 * server publishes their OpenAPI.
 */
import { convertedAs } from '../kind/converted-as.js'
import { coreSchema, type TypedLocalObjectReference } from '../core/generated.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import type { IntOrString } from '../../lang/json/json.js'
import { metaSchema } from '../meta/generated.js'
import {
  always,
  atomicList,
  defineGroup,
  intOrString,
  message,
  named,
  pointer,
  ref,
  required,
  string,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'
import {
  networkingSchema,
  type HTTPIngressPath,
  type Ingress,
  type IngressBackend,
  type IngressRule,
  type IngressSpec,
  type IngressStatus,
} from './generated.js'
import { ingressDefinition } from './ingress.js'

interface BetaBackend {
  readonly serviceName?: string
  readonly servicePort?: IntOrString
  readonly resource?: TypedLocalObjectReference
}

type BetaPath = Omit<HTTPIngressPath, 'backend' | 'pathType'> & {
  readonly backend: BetaBackend
  readonly pathType?: string
}
type BetaRule = Omit<IngressRule, 'http'> & { readonly http?: { readonly paths: readonly BetaPath[] | null } }

/** An Ingress of the betas. */
export interface BetaIngress extends KubeObject {
  readonly spec: Omit<IngressSpec, 'defaultBackend' | 'rules'> & {
    readonly backend?: BetaBackend
    readonly rules?: readonly BetaRule[]
  }
  readonly status: IngressStatus
}

/** Field tables of io.k8s.api.networking.v1beta1. */
export const networkingBetaSchema: SchemaGroup = defineGroup(
  'io.k8s.api.networking.v1beta1',
  'v1beta1',
  [networkingSchema, coreSchema, metaSchema],
  {
    HTTPIngressPath: () =>
      message({
        backend: required(always(ref('IngressBackend'))),
        path: string,
        pathType: pointer(named('v1beta1.PathType', ['Exact', 'ImplementationSpecific', 'Prefix'])),
      }),
    HTTPIngressRuleValue: () => message({ paths: required(always(atomicList(ref('HTTPIngressPath')))) }),
    Ingress: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: always(ref('IngressSpec')),
        status: always(ref('IngressStatus')),
      }),
    IngressBackend: () =>
      message({ resource: ref('TypedLocalObjectReference'), serviceName: string, servicePort: intOrString }),
    IngressRule: () => message({ host: string, http: ref('HTTPIngressRuleValue') }),
    IngressSpec: () =>
      message({
        backend: ref('IngressBackend'),
        ingressClassName: pointer(string),
        rules: atomicList(ref('IngressRule')),
        tls: atomicList(ref('IngressTLS')),
      }),
  },
)

/**
 * Source: pkg/apis/networking/v1beta1/conversion.go
 * Convert_v1beta1_IngressBackend_To_networking_IngressBackend.
 */
function backendToV1({ serviceName = '', servicePort, resource }: BetaBackend): IngressBackend {
  const isNothing = servicePort === undefined || servicePort === 0
  const port =
    typeof servicePort === 'string' ? { name: servicePort } : isNothing ? {} : { number: servicePort }
  const hasService = serviceName !== '' || Object.keys(port).length > 0
  return {
    ...(hasService ? { service: { name: serviceName, port } } : {}),
    ...(resource === undefined ? {} : { resource }),
  }
}

function backendToBeta({ service, resource }: IngressBackend): BetaBackend {
  return {
    ...(service === undefined
      ? {}
      : { serviceName: service.name, servicePort: service.port.name ?? service.port.number ?? 0 }),
    ...(resource === undefined ? {} : { resource }),
  }
}

/** Returns the rules with converted backends. */
function mapRules<A, B>(
  rules: readonly (Omit<IngressRule, 'http'> & { readonly http?: { readonly paths: readonly A[] | null } })[],
  convert: (path: A) => B,
): readonly (Omit<IngressRule, 'http'> & { readonly http?: { readonly paths: readonly B[] } })[] {
  return rules.map(({ http, ...rule }) =>
    http === undefined ? rule : { ...rule, http: { paths: (http.paths ?? []).map(convert) } },
  )
}

function encode({ metadata, spec: { backend, rules, ...spec }, status }: BetaIngress): Ingress {
  const toV1 = ({ backend: own, pathType = '', ...path }: BetaPath): HTTPIngressPath => ({
    ...path,
    pathType: pathType as HTTPIngressPath['pathType'],
    backend: backendToV1(own),
  })
  return {
    kind: 'Ingress',
    apiVersion: 'networking.k8s.io/v1',
    metadata,
    status,
    spec: {
      ...spec,
      ...(backend === undefined ? {} : { defaultBackend: backendToV1(backend) }),
      ...(rules === undefined ? {} : { rules: mapRules(rules, toV1) }),
    },
  }
}

function decodeAs(
  apiVersion: string,
  { metadata, spec: { defaultBackend, rules, ...spec }, status }: Ingress,
): BetaIngress {
  const toBeta = ({ backend, ...path }: HTTPIngressPath): BetaPath => ({
    ...path,
    backend: backendToBeta(backend),
  })
  return {
    kind: 'Ingress',
    apiVersion,
    metadata,
    status,
    spec: {
      ...spec,
      ...(defaultBackend === undefined ? {} : { backend: backendToBeta(defaultBackend) }),
      ...(rules === undefined ? {} : { rules: mapRules(rules, toBeta) }),
    },
  }
}

/** Sets the default pathType: the betas first had none. Source: SetDefaults_HTTPIngressPath. */
function setDefaults({ spec }: Draft<BetaIngress>): void {
  if (Object.isFrozen(spec)) return
  for (const { http } of spec.rules ?? [])
    for (const path of http?.paths ?? []) path.pathType ??= 'ImplementationSpecific'
}

const betaIngress = (group: string): KindDefinition =>
  convertedAs<BetaIngress, Ingress>(ingressDefinition, {
    group,
    version: 'v1beta1',
    encode,
    decode: (stored) => decodeAs(`${group}/v1beta1`, stored),
    setDefaults,
  })

/** networking.k8s.io/v1beta1 Ingress. */
export const networkingIngressBeta: KindDefinition = betaIngress('networking.k8s.io')
const extensionsIngress = betaIngress('extensions')

/** The stored version before v1: the beta of networking.k8s.io, which has the shape of that of extensions. */
const relabelled =
  (apiVersion: string) =>
  <T extends KubeObject>(object: T): T => ({ ...object, apiVersion })

/** extensions/v1beta1 Ingress. */
export const extensionsIngressDefinition: KindDefinition =
  extensionsIngress.stored === undefined
    ? extensionsIngress
    : {
        ...extensionsIngress,
        stored: {
          ...extensionsIngress.stored,
          fallback: {
            group: 'networking.k8s.io',
            version: 'v1beta1',
            encode: relabelled('networking.k8s.io/v1beta1'),
            decode: relabelled('extensions/v1beta1'),
          },
        },
      }
