// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { Json, JsonObject } from '../../lang/json/json.js'

/** A {@link CustomResourceColumnDefinition} as clients send it. */
export interface CustomResourceColumnDefinitionInput {
  readonly description?: string | undefined
  readonly format?: string | undefined
  readonly jsonPath: string
  readonly name: string
  readonly priority?: number | undefined
  readonly type: string
}

/** A {@link CustomResourceConversion} as clients send it. */
export interface CustomResourceConversionInput {
  readonly strategy: string
  readonly webhook?: WebhookConversionInput | undefined
}

/** A {@link CustomResourceDefinition} as clients send it. */
export interface CustomResourceDefinitionInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: CustomResourceDefinitionSpecInput
  readonly status?: CustomResourceDefinitionStatusInput | undefined
}

/** A {@link CustomResourceDefinitionCondition} as clients send it. */
export interface CustomResourceDefinitionConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link CustomResourceDefinitionNames} as clients send it. */
export interface CustomResourceDefinitionNamesInput {
  readonly categories?: ReadonlyArray<string> | undefined
  readonly kind: string
  readonly listKind?: string | undefined
  readonly plural: string
  readonly shortNames?: ReadonlyArray<string> | undefined
  readonly singular?: string | undefined
}

/** A {@link CustomResourceDefinitionSpec} as clients send it. */
export interface CustomResourceDefinitionSpecInput {
  readonly conversion?: CustomResourceConversionInput | undefined
  readonly group: string
  readonly names: CustomResourceDefinitionNamesInput
  readonly preserveUnknownFields?: boolean | undefined
  readonly scope: string
  readonly versions: ReadonlyArray<CustomResourceDefinitionVersionInput>
}

/** A {@link CustomResourceDefinitionStatus} as clients send it. */
export interface CustomResourceDefinitionStatusInput {
  readonly acceptedNames?: CustomResourceDefinitionNamesInput | undefined
  readonly conditions?: ReadonlyArray<CustomResourceDefinitionConditionInput> | null | undefined
  readonly storedVersions?: ReadonlyArray<string> | null | undefined
}

/** A {@link CustomResourceDefinitionVersion} as clients send it. */
export interface CustomResourceDefinitionVersionInput {
  readonly additionalPrinterColumns?: ReadonlyArray<CustomResourceColumnDefinitionInput> | undefined
  readonly deprecated?: boolean | undefined
  readonly deprecationWarning?: string | undefined
  readonly name: string
  readonly schema?: CustomResourceValidationInput | undefined
  readonly selectableFields?: ReadonlyArray<SelectableFieldInput> | undefined
  readonly served: boolean
  readonly storage: boolean
  readonly subresources?: CustomResourceSubresourcesInput | undefined
}

/** A {@link CustomResourceSubresourceScale} as clients send it. */
export interface CustomResourceSubresourceScaleInput {
  readonly labelSelectorPath?: string | undefined
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
}

/** A {@link CustomResourceSubresources} as clients send it. */
export interface CustomResourceSubresourcesInput {
  readonly scale?: CustomResourceSubresourceScaleInput | undefined
  readonly status?: JsonObject | undefined
}

/** A {@link CustomResourceValidation} as clients send it. */
export interface CustomResourceValidationInput {
  readonly openAPIV3Schema?: JSONSchemaPropsInput | undefined
}

/** A {@link ExternalDocumentation} as clients send it. */
export interface ExternalDocumentationInput {
  readonly description?: string | undefined
  readonly url?: string | undefined
}

/** A {@link JSONSchemaProps} as clients send it. */
export interface JSONSchemaPropsInput {
  readonly $ref?: string | undefined
  readonly $schema?: string | undefined
  readonly additionalItems?: Json | undefined
  readonly additionalProperties?: Json | undefined
  readonly allOf?: ReadonlyArray<JSONSchemaPropsInput> | undefined
  readonly anyOf?: ReadonlyArray<JSONSchemaPropsInput> | undefined
  readonly default?: Json | undefined
  readonly definitions?: Readonly<Record<string, JSONSchemaPropsInput>> | undefined
  readonly dependencies?: Readonly<Record<string, Json>> | undefined
  readonly description?: string | undefined
  readonly enum?: ReadonlyArray<Json> | undefined
  readonly example?: Json | undefined
  readonly exclusiveMaximum?: boolean | undefined
  readonly exclusiveMinimum?: boolean | undefined
  readonly externalDocs?: ExternalDocumentationInput | undefined
  readonly format?: string | undefined
  readonly id?: string | undefined
  readonly items?: Json | undefined
  readonly maxItems?: number | undefined
  readonly maxLength?: number | undefined
  readonly maxProperties?: number | undefined
  readonly maximum?: number | undefined
  readonly minItems?: number | undefined
  readonly minLength?: number | undefined
  readonly minProperties?: number | undefined
  readonly minimum?: number | undefined
  readonly multipleOf?: number | undefined
  readonly not?: JSONSchemaPropsInput | undefined
  readonly nullable?: boolean | undefined
  readonly oneOf?: ReadonlyArray<JSONSchemaPropsInput> | undefined
  readonly pattern?: string | undefined
  readonly patternProperties?: Readonly<Record<string, JSONSchemaPropsInput>> | undefined
  readonly properties?: Readonly<Record<string, JSONSchemaPropsInput>> | undefined
  readonly required?: ReadonlyArray<string> | undefined
  readonly title?: string | undefined
  readonly type?: string | undefined
  readonly uniqueItems?: boolean | undefined
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined
  readonly 'x-kubernetes-list-map-keys'?: ReadonlyArray<string> | undefined
  readonly 'x-kubernetes-list-type'?: string | undefined
  readonly 'x-kubernetes-map-type'?: string | undefined
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined
  readonly 'x-kubernetes-validations'?: ReadonlyArray<ValidationRuleInput> | undefined
}

/** A {@link SelectableField} as clients send it. */
export interface SelectableFieldInput {
  readonly jsonPath: string
}

/** A {@link ServiceReference} as clients send it. */
export interface ServiceReferenceInput {
  readonly name: string
  readonly namespace: string
  readonly path?: string | undefined
  readonly port?: number | undefined
}

/** A {@link ValidationRule} as clients send it. */
export interface ValidationRuleInput {
  readonly fieldPath?: string | undefined
  readonly message?: string | undefined
  readonly messageExpression?: string | undefined
  readonly optionalOldSelf?: boolean | undefined
  readonly reason?:
    | 'FieldValueDuplicate'
    | 'FieldValueForbidden'
    | 'FieldValueInvalid'
    | 'FieldValueRequired'
    | undefined
  readonly rule: string
}

/** A {@link WebhookClientConfig} as clients send it. */
export interface WebhookClientConfigInput {
  readonly caBundle?: string | undefined
  readonly service?: ServiceReferenceInput | undefined
  readonly url?: string | undefined
}

/** A {@link WebhookConversion} as clients send it. */
export interface WebhookConversionInput {
  readonly clientConfig?: WebhookClientConfigInput | undefined
  readonly conversionReviewVersions: ReadonlyArray<string>
}
