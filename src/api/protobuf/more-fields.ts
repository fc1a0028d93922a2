/**
 * Field numbers that the generated tables lack, in the same language: the messages of apiextensions and
 * apiregistration, and old versions whose numbers are not those of v1 (all others are read by the tables of
 * v1). Source: generated.proto of apiextensions-apiserver, kube-aggregator and k8s.io/api.
 */
export const moreFieldNumbers: Readonly<Record<string, string>> = {
  'apiregistration.v1': `
APIService: metadata=1 meta.v1.ObjectMeta, spec=2 APIServiceSpec, status=3 APIServiceStatus
APIServiceCondition: type=1, status=2, lastTransitionTime=3 time, reason=4, message=5
APIServiceSpec: service=1 ServiceReference, group=2, version=3, insecureSkipTLSVerify=4 bool,
  caBundle=5 bytes,
  groupPriorityMinimum=7 int32, versionPriority=8 int32
APIServiceStatus: conditions=1 [APIServiceCondition]
ServiceReference: namespace=1, name=2, port=3 int32
`,
  'apiextensions.v1': `
CustomResourceColumnDefinition: name=1, type=2, format=3, description=4, priority=5 int32, jsonPath=6
CustomResourceConversion: strategy=1, webhook=2 WebhookConversion
CustomResourceDefinition: metadata=1 meta.v1.ObjectMeta, spec=2 CustomResourceDefinitionSpec,
  status=3 CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: type=1, status=2, lastTransitionTime=3 time, reason=4, message=5
CustomResourceDefinitionNames: plural=1, singular=2, shortNames=3 [string], kind=4, listKind=5,
  categories=6 [string]
CustomResourceDefinitionSpec: group=1, names=3 CustomResourceDefinitionNames, scope=4,
  versions=7 [CustomResourceDefinitionVersion], conversion=9 CustomResourceConversion,
  preserveUnknownFields=10 bool
CustomResourceDefinitionStatus: conditions=1 [CustomResourceDefinitionCondition],
  acceptedNames=2 CustomResourceDefinitionNames,
  storedVersions=3 [string]
CustomResourceDefinitionVersion: name=1, served=2 bool, storage=3 bool, deprecated=7 bool,
  deprecationWarning=8, schema=4 CustomResourceValidation, subresources=5 CustomResourceSubresources,
  additionalPrinterColumns=6 [CustomResourceColumnDefinition], selectableFields=9 [SelectableField]
CustomResourceSubresourceScale: specReplicasPath=1, statusReplicasPath=2, labelSelectorPath=3
CustomResourceSubresourceStatus:
CustomResourceSubresources: status=1 CustomResourceSubresourceStatus, scale=2 CustomResourceSubresourceScale
CustomResourceValidation: openAPIV3Schema=1 JSONSchemaProps
ExternalDocumentation: description=1, url=2
JSONSchemaProps: id=1, $schema=2, $ref=3, description=4, type=5, format=6, title=7, default=8 json,
  maximum=9 double,
  exclusiveMaximum=10 bool, minimum=11 double, exclusiveMinimum=12 bool, maxLength=13 int64,
  minLength=14 int64, pattern=15,
  maxItems=16 int64, minItems=17 int64, uniqueItems=18 bool, multipleOf=19 double, enum=20 [json],
  maxProperties=21 int64,
  minProperties=22 int64, required=23 [string], items=24 JSONSchemaPropsOrArray, allOf=25 [JSONSchemaProps],
  oneOf=26 [JSONSchemaProps], anyOf=27 [JSONSchemaProps], not=28 JSONSchemaProps,
  properties=29 {JSONSchemaProps},
  additionalProperties=30 JSONSchemaPropsOrBool, patternProperties=31 {JSONSchemaProps},
  dependencies=32 {JSONSchemaPropsOrStringArray}, additionalItems=33 JSONSchemaPropsOrBool,
  definitions=34 {JSONSchemaProps},
  externalDocs=35 ExternalDocumentation, example=36 json, nullable=37 bool,
  x-kubernetes-preserve-unknown-fields=38 bool,
  x-kubernetes-embedded-resource=39 bool, x-kubernetes-int-or-string=40 bool,
  x-kubernetes-list-map-keys=41 [string],
  x-kubernetes-list-type=42, x-kubernetes-map-type=43, x-kubernetes-validations=44 [ValidationRule]
JSONSchemaPropsOrArray: schema=1 JSONSchemaProps, other=2 [JSONSchemaProps]
JSONSchemaPropsOrBool: other=1 bool, schema=2 JSONSchemaProps
JSONSchemaPropsOrStringArray: schema=1 JSONSchemaProps, other=2 [string]
SelectableField: jsonPath=1
ServiceReference: namespace=1, name=2, path=3, port=4 int32
ValidationRule: rule=1, message=2, messageExpression=3, reason=4, fieldPath=5, optionalOldSelf=6 bool
WebhookClientConfig: url=3, service=1 ServiceReference, caBundle=2 bytes
WebhookConversion: clientConfig=2 WebhookClientConfig, conversionReviewVersions=3 [string]
`,
  'networking.v1beta1': `
Ingress: metadata=1 meta.v1.ObjectMeta, spec=2 IngressSpec, status=3 networking.v1.IngressStatus
IngressSpec: ingressClassName=4, backend=1 IngressBackend, tls=2 [networking.v1.IngressTLS],
  rules=3 [IngressRule]
IngressRule: host=1, ...IngressRuleValue=2
IngressRuleValue: http=1 HTTPIngressRuleValue
HTTPIngressRuleValue: paths=1 [HTTPIngressPath]
HTTPIngressPath: path=1, pathType=3, backend=2 IngressBackend
IngressBackend: serviceName=1, servicePort=2 intOrString, resource=3 core.v1.TypedLocalObjectReference
`,
}

/** Messages that JSON writes as one of their fields: `schema` if present, else `other`. */
export const unions: ReadonlySet<string> = new Set([
  'JSONSchemaPropsOrArray',
  'JSONSchemaPropsOrBool',
  'JSONSchemaPropsOrStringArray',
])
