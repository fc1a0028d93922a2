import type { ClusterObjectMeta } from '../../kind/cluster-object-meta.js'
/**
 * CRDs of apiextensions.k8s.io/v1beta1. No current server publishes their OpenAPI, so these tables are
 * written by hand, after k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1beta1 types.go.
 */
import type { KubeObject } from '../../kind/definition.js'
import { metaSchema } from '../../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  bytes,
  defineGroup,
  int32,
  message,
  named,
  pointer,
  ref,
  required,
  string,
} from '../../schema/dsl.js'
import type { SchemaGroup } from '../../schema/types.js'
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionStatus,
  CustomResourceSubresources,
  CustomResourceValidation,
  WebhookClientConfig,
} from '../generated.js'
import { apiextensionsSchema } from '../generated.js'

/** A printer column; only the name of its path differs from v1. */
export type BetaColumn = Omit<CustomResourceColumnDefinition, 'jsonPath'> & { readonly JSONPath: string }

/** Fields that may be at the top for all versions, or in each version. */
export interface BetaParts {
  readonly subresources?: CustomResourceSubresources
  readonly additionalPrinterColumns?: readonly BetaColumn[]
}

/** One version of a CRD. */
export interface BetaVersion extends BetaParts {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: CustomResourceValidation
}

/** The conversion between versions. */
export interface BetaConversion {
  readonly strategy: string
  readonly webhookClientConfig?: WebhookClientConfig
  readonly conversionReviewVersions?: readonly string[]
}

/** The spec of a CRD. */
export interface BetaSpec extends BetaParts {
  readonly group: string
  readonly version?: string
  readonly names: CustomResourceDefinitionNames
  readonly scope: string
  readonly validation?: CustomResourceValidation
  readonly versions?: readonly BetaVersion[]
  readonly conversion?: BetaConversion
  readonly preserveUnknownFields?: boolean
}

/** A CustomResourceDefinition of apiextensions.k8s.io/v1beta1. */
export interface BetaDefinition extends KubeObject {
  readonly metadata: ClusterObjectMeta
  readonly spec: BetaSpec
  readonly status: CustomResourceDefinitionStatus
}

const parts = {
  additionalPrinterColumns: atomicList(ref('CustomResourceColumnDefinition')),
  subresources: ref('CustomResourceSubresources'),
}

/** Field tables of io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1. */
export const apiextensionsBetaSchema: SchemaGroup = defineGroup(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1',
  'v1beta1',
  [apiextensionsSchema, metaSchema],
  {
    CustomResourceColumnDefinition: () =>
      message({
        JSONPath: required(always(string)),
        description: string,
        format: string,
        name: required(always(string)),
        priority: int32,
        type: required(always(string)),
      }),
    CustomResourceConversion: () =>
      message({
        conversionReviewVersions: atomicList(string),
        strategy: required(always(named('v1beta1.ConversionStrategyType'))),
        webhookClientConfig: ref('WebhookClientConfig'),
      }),
    CustomResourceDefinition: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('CustomResourceDefinitionSpec'))),
        status: always(ref('CustomResourceDefinitionStatus')),
      }),
    CustomResourceDefinitionSpec: () =>
      message({
        ...parts,
        conversion: ref('CustomResourceConversion'),
        group: required(always(string)),
        names: required(always(ref('CustomResourceDefinitionNames'))),
        preserveUnknownFields: pointer(boolean),
        scope: required(always(named('v1beta1.ResourceScope'))),
        validation: ref('CustomResourceValidation'),
        version: string,
        versions: atomicList(ref('CustomResourceDefinitionVersion')),
      }),
    CustomResourceDefinitionVersion: () =>
      message({
        ...parts,
        deprecated: boolean,
        deprecationWarning: pointer(string),
        name: required(always(string)),
        schema: ref('CustomResourceValidation'),
        served: required(always(boolean)),
        storage: required(always(boolean)),
      }),
    WebhookClientConfig: () =>
      message({ caBundle: bytes, service: ref('ServiceReference'), url: pointer(string) }),
  },
)
