// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { Json, JsonObject } from '../../lang/json/json.js'
import {
  always,
  anyJson,
  atomicList,
  boolean,
  bytes,
  defineGroup,
  double,
  int32,
  int64,
  map,
  mapList,
  merge,
  message,
  named,
  pointer,
  ref,
  required,
  string,
  subresourceStatus,
  time,
  typed,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface CustomResourceColumnDefinition {
  readonly description?: string
  readonly format?: string
  readonly jsonPath: string
  readonly name: string
  readonly priority?: number
  readonly type: string
}

export interface CustomResourceConversion {
  readonly strategy: string
  readonly webhook?: WebhookConversion
}

export interface CustomResourceDefinition {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: CustomResourceDefinitionSpec
  readonly status: CustomResourceDefinitionStatus
}

export interface CustomResourceDefinitionCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface CustomResourceDefinitionNames {
  readonly categories?: ReadonlyArray<string>
  readonly kind: string
  readonly listKind?: string
  readonly plural: string
  readonly shortNames?: ReadonlyArray<string>
  readonly singular?: string
}

export interface CustomResourceDefinitionSpec {
  readonly conversion?: CustomResourceConversion
  readonly group: string
  readonly names: CustomResourceDefinitionNames
  readonly preserveUnknownFields?: boolean
  readonly scope: string
  readonly versions: ReadonlyArray<CustomResourceDefinitionVersion>
}

export interface CustomResourceDefinitionStatus {
  readonly acceptedNames: CustomResourceDefinitionNames
  readonly conditions?: ReadonlyArray<CustomResourceDefinitionCondition> | null
  readonly storedVersions?: ReadonlyArray<string> | null
}

export interface CustomResourceDefinitionVersion {
  readonly additionalPrinterColumns?: ReadonlyArray<CustomResourceColumnDefinition>
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly name: string
  readonly schema?: CustomResourceValidation
  readonly selectableFields?: ReadonlyArray<SelectableField>
  readonly served: boolean
  readonly storage: boolean
  readonly subresources?: CustomResourceSubresources
}

export interface CustomResourceSubresourceScale {
  readonly labelSelectorPath?: string
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
}

export interface CustomResourceSubresources {
  readonly scale?: CustomResourceSubresourceScale
  readonly status?: JsonObject
}

export interface CustomResourceValidation {
  readonly openAPIV3Schema?: JSONSchemaProps
}

export interface ExternalDocumentation {
  readonly description?: string
  readonly url?: string
}

export interface JSONSchemaProps {
  readonly $ref?: string
  readonly $schema?: string
  readonly additionalItems?: Json
  readonly additionalProperties?: Json
  readonly allOf?: ReadonlyArray<JSONSchemaProps>
  readonly anyOf?: ReadonlyArray<JSONSchemaProps>
  readonly default?: Json
  readonly definitions?: Readonly<Record<string, JSONSchemaProps>>
  readonly dependencies?: Readonly<Record<string, Json>>
  readonly description?: string
  readonly enum?: ReadonlyArray<Json>
  readonly example?: Json
  readonly exclusiveMaximum?: boolean
  readonly exclusiveMinimum?: boolean
  readonly externalDocs?: ExternalDocumentation
  readonly format?: string
  readonly id?: string
  readonly items?: Json
  readonly maxItems?: number
  readonly maxLength?: number
  readonly maxProperties?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly minProperties?: number
  readonly minimum?: number
  readonly multipleOf?: number
  readonly not?: JSONSchemaProps
  readonly nullable?: boolean
  readonly oneOf?: ReadonlyArray<JSONSchemaProps>
  readonly pattern?: string
  readonly patternProperties?: Readonly<Record<string, JSONSchemaProps>>
  readonly properties?: Readonly<Record<string, JSONSchemaProps>>
  readonly required?: ReadonlyArray<string>
  readonly title?: string
  readonly type?: string
  readonly uniqueItems?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-map-keys'?: ReadonlyArray<string>
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-validations'?: ReadonlyArray<ValidationRule>
}

export interface SelectableField {
  readonly jsonPath: string
}

export interface ServiceReference {
  readonly name: string
  readonly namespace: string
  readonly path?: string
  readonly port?: number
}

export interface ValidationRule {
  readonly fieldPath?: string
  readonly message?: string
  readonly messageExpression?: string
  readonly optionalOldSelf?: boolean
  readonly reason?: 'FieldValueDuplicate' | 'FieldValueForbidden' | 'FieldValueInvalid' | 'FieldValueRequired'
  readonly rule: string
}

export interface WebhookClientConfig {
  readonly caBundle?: string
  readonly service?: ServiceReference
  readonly url?: string
}

export interface WebhookConversion {
  readonly clientConfig?: WebhookClientConfig
  readonly conversionReviewVersions: ReadonlyArray<string>
}

/** Field tables of io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1. */
export const apiextensionsSchema: SchemaGroup = defineGroup(
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'v1',
  [metaSchema],
  {
    CustomResourceColumnDefinition: () =>
      message({
        description: string,
        format: string,
        jsonPath: required(always(string)),
        name: required(always(string)),
        priority: int32,
        type: required(always(string)),
      }),
    CustomResourceConversion: () =>
      message({
        strategy: required(always(named('v1.ConversionStrategyType'))),
        webhook: ref('WebhookConversion'),
      }),
    CustomResourceDefinition: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('CustomResourceDefinitionSpec'))),
        status: always(ref('CustomResourceDefinitionStatus')),
      }),
    CustomResourceDefinitionCondition: () =>
      message({
        lastTransitionTime: always(time),
        message: string,
        reason: string,
        status: required(always(named('v1.ConditionStatus'))),
        type: required(always(named('v1.CustomResourceDefinitionConditionType'))),
      }),
    CustomResourceDefinitionNames: () =>
      message({
        categories: atomicList(string),
        kind: required(always(string)),
        listKind: string,
        plural: required(always(string)),
        shortNames: atomicList(string),
        singular: string,
      }),
    CustomResourceDefinitionSpec: () =>
      message({
        conversion: ref('CustomResourceConversion'),
        group: required(always(string)),
        names: required(always(ref('CustomResourceDefinitionNames'))),
        preserveUnknownFields: boolean,
        scope: required(always(named('v1.ResourceScope'))),
        versions: required(always(atomicList(ref('CustomResourceDefinitionVersion')))),
      }),
    CustomResourceDefinitionStatus: () =>
      message({
        acceptedNames: always(ref('CustomResourceDefinitionNames')),
        conditions: always(mapList(ref('CustomResourceDefinitionCondition'), 'type')),
        storedVersions: always(atomicList(string)),
      }),
    CustomResourceDefinitionVersion: () =>
      message({
        additionalPrinterColumns: atomicList(ref('CustomResourceColumnDefinition')),
        deprecated: boolean,
        deprecationWarning: pointer(string),
        name: required(always(string)),
        schema: ref('CustomResourceValidation'),
        selectableFields: atomicList(ref('SelectableField')),
        served: required(always(boolean)),
        storage: required(always(boolean)),
        subresources: ref('CustomResourceSubresources'),
      }),
    CustomResourceSubresourceScale: () =>
      message({
        labelSelectorPath: pointer(string),
        specReplicasPath: required(always(string)),
        statusReplicasPath: required(always(string)),
      }),
    CustomResourceSubresources: () =>
      message({ scale: ref('CustomResourceSubresourceScale'), status: subresourceStatus }),
    CustomResourceValidation: () => message({ openAPIV3Schema: ref('JSONSchemaProps') }),
    ExternalDocumentation: () => message({ description: string, url: string }),
    JSONSchemaProps: () =>
      message({
        $ref: pointer(string),
        $schema: named('v1.JSONSchemaURL'),
        additionalItems: anyJson,
        additionalProperties: anyJson,
        allOf: atomicList(ref('JSONSchemaProps')),
        anyOf: atomicList(ref('JSONSchemaProps')),
        default: anyJson,
        definitions: typed('v1.JSONSchemaDefinitions', map(ref('JSONSchemaProps'))),
        dependencies: typed('v1.JSONSchemaDependencies', map(anyJson)),
        description: string,
        enum: atomicList(anyJson),
        example: anyJson,
        exclusiveMaximum: boolean,
        exclusiveMinimum: boolean,
        externalDocs: ref('ExternalDocumentation'),
        format: string,
        id: string,
        items: anyJson,
        maxItems: pointer(int64),
        maxLength: pointer(int64),
        maxProperties: pointer(int64),
        maximum: pointer(double),
        minItems: pointer(int64),
        minLength: pointer(int64),
        minProperties: pointer(int64),
        minimum: pointer(double),
        multipleOf: pointer(double),
        not: ref('JSONSchemaProps'),
        nullable: boolean,
        oneOf: atomicList(ref('JSONSchemaProps')),
        pattern: string,
        patternProperties: map(ref('JSONSchemaProps')),
        properties: map(ref('JSONSchemaProps')),
        required: atomicList(string),
        title: string,
        type: string,
        uniqueItems: boolean,
        'x-kubernetes-embedded-resource': boolean,
        'x-kubernetes-int-or-string': boolean,
        'x-kubernetes-list-map-keys': atomicList(string),
        'x-kubernetes-list-type': pointer(string),
        'x-kubernetes-map-type': pointer(string),
        'x-kubernetes-preserve-unknown-fields': pointer(boolean),
        'x-kubernetes-validations': merge(
          'merge',
          typed('v1.ValidationRules', mapList(ref('ValidationRule'), 'rule')),
          'rule',
        ),
      }),
    SelectableField: () => message({ jsonPath: required(always(string)) }),
    ServiceReference: () =>
      message({
        name: required(always(string)),
        namespace: required(always(string)),
        path: pointer(string),
        port: pointer(int32),
      }),
    ValidationRule: () =>
      message({
        fieldPath: string,
        message: string,
        messageExpression: string,
        optionalOldSelf: pointer(boolean),
        reason: pointer(
          named('v1.FieldValueErrorReason', [
            'FieldValueDuplicate',
            'FieldValueForbidden',
            'FieldValueInvalid',
            'FieldValueRequired',
          ]),
        ),
        rule: required(always(string)),
      }),
    WebhookClientConfig: () =>
      message({ caBundle: bytes, service: ref('ServiceReference'), url: pointer(string) }),
    WebhookConversion: () =>
      message({
        clientConfig: ref('WebhookClientConfig'),
        conversionReviewVersions: required(always(atomicList(string))),
      }),
  },
)
