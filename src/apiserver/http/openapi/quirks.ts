import type { OpenApiSchema } from './types.js'

/** Details of messages and fields in the real documents that the field tables lack. */

/** Schemas without a table. */
export const leafSchemas: Readonly<Record<string, OpenApiSchema>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'date-time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': { type: 'object' },
  'io.k8s.apimachinery.pkg.runtime.RawExtension': { type: 'object' },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    format: 'int-or-string',
    oneOf: [{ type: 'integer' }, { type: 'string' }],
  },
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus': {
    type: 'object',
  },
  ...Object.fromEntries(
    ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map(
      (name) => [`io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`, {}],
    ),
  ),
}

const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'

/** Schemas of free-form fields, by `Message.field`. Default: RawExtension. */
export const freeFormSchemas: Readonly<Record<string, string>> = {
  'ManagedFieldsEntry.fieldsV1': 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  'CustomResourceSubresources.status': `${EXTENSIONS}CustomResourceSubresourceStatus`,
  'JSONSchemaProps.additionalItems': `${EXTENSIONS}JSONSchemaPropsOrBool`,
  'JSONSchemaProps.additionalProperties': `${EXTENSIONS}JSONSchemaPropsOrBool`,
  'JSONSchemaProps.default': `${EXTENSIONS}JSON`,
  'JSONSchemaProps.dependencies': `${EXTENSIONS}JSONSchemaPropsOrStringArray`,
  'JSONSchemaProps.enum': `${EXTENSIONS}JSON`,
  'JSONSchemaProps.example': `${EXTENSIONS}JSON`,
  'JSONSchemaProps.items': `${EXTENSIONS}JSONSchemaPropsOrArray`,
}

/** Optional fields whose default is the zero value by their Go comment (`+default=""`). */
export const explicitZeros: ReadonlySet<string> = new Set([
  'AzureDiskVolumeSource.readOnly',
  'ConfigMapEnvSource.name',
  'ConfigMapKeySelector.name',
  'ConfigMapProjection.name',
  'ConfigMapVolumeSource.name',
  'GRPCAction.service',
  'LocalObjectReference.name',
  'ReplicationControllerSpec.minReadySeconds',
  'ScaleSpec.replicas',
  'SecretEnvSource.name',
  'SecretKeySelector.name',
  'SecretProjection.name',
])

/** Required fields without a default, because they are pointers in Go or omitted when empty. */
export const requiredPointers: ReadonlySet<string> = new Set([
  'ContainerRestartRule.action',
  'ContainerRestartRuleOnExitCodes.operator',
  'HTTPIngressPath.pathType',
  'MutatingWebhook.sideEffects',
  'PodCertificateProjection.keyType',
  'PodCertificateProjection.signerName',
  'ValidatingWebhook.sideEffects',
])

/** Fields without a Go comment, whose reference is not wrapped in an allOf. */
export const plainReferences: ReadonlySet<string> = new Set([
  'IngressRule.http',
  'JSONSchemaProps.additionalItems',
  'JSONSchemaProps.additionalProperties',
  'JSONSchemaProps.example',
  'JSONSchemaProps.externalDocs',
  'JSONSchemaProps.items',
  'JSONSchemaProps.not',
])

/** Facts from Go comments that the tables lack. */
export const extraKeys: Readonly<Record<string, OpenApiSchema>> = {
  'APIServiceSpec.caBundle': { 'x-kubernetes-list-type': 'atomic' },
  'CertificateSigningRequestSpec.request': { 'x-kubernetes-list-type': 'atomic' },
  'CertificateSigningRequestStatus.certificate': { 'x-kubernetes-list-type': 'atomic' },
  'PersistentVolumeSpec.claimRef': { 'x-kubernetes-map-type': 'granular' },
  'Status.details': { 'x-kubernetes-list-type': 'atomic' },
}

/** Go's union types. */
export const unions: Readonly<
  Record<string, { readonly discriminator: string; readonly fields: Readonly<Record<string, string>> }>
> = {
  'io.k8s.api.core.v1.AppArmorProfile': {
    discriminator: 'type',
    fields: { localhostProfile: 'LocalhostProfile' },
  },
  'io.k8s.api.core.v1.SeccompProfile': {
    discriminator: 'type',
    fields: { localhostProfile: 'LocalhostProfile' },
  },
  'io.k8s.api.flowcontrol.v1.LimitResponse': { discriminator: 'type', fields: { queuing: 'Queuing' } },
  'io.k8s.api.flowcontrol.v1.PriorityLevelConfigurationSpec': {
    discriminator: 'type',
    fields: { exempt: 'Exempt', limited: 'Limited' },
  },
  'io.k8s.api.flowcontrol.v1.Subject': {
    discriminator: 'kind',
    fields: { group: 'Group', serviceAccount: 'ServiceAccount', user: 'User' },
  },
}

/**
 * Every group version in the server's code, served or not: DeleteOptions and WatchEvent are kinds of all of
 * them.
 */
export const allGroupVersions: readonly string[] = [
  '/v1',
  'admission.k8s.io/v1',
  'admission.k8s.io/v1beta1',
  'admissionregistration.k8s.io/v1',
  'admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1',
  'apiextensions.k8s.io/v1',
  'apiextensions.k8s.io/v1beta1',
  'apiregistration.k8s.io/v1',
  'apiregistration.k8s.io/v1beta1',
  'apps/v1',
  'apps/v1beta1',
  'apps/v1beta2',
  'authentication.k8s.io/v1',
  'authentication.k8s.io/v1alpha1',
  'authentication.k8s.io/v1beta1',
  'authorization.k8s.io/v1',
  'authorization.k8s.io/v1beta1',
  'autoscaling/v1',
  'autoscaling/v2',
  'autoscaling/v2beta1',
  'autoscaling/v2beta2',
  'batch/v1',
  'batch/v1beta1',
  'certificates.k8s.io/v1',
  'certificates.k8s.io/v1alpha1',
  'certificates.k8s.io/v1beta1',
  'coordination.k8s.io/v1',
  'coordination.k8s.io/v1alpha2',
  'coordination.k8s.io/v1beta1',
  'discovery.k8s.io/v1',
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1',
  'events.k8s.io/v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1',
  'flowcontrol.apiserver.k8s.io/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1beta2',
  'flowcontrol.apiserver.k8s.io/v1beta3',
  'imagepolicy.k8s.io/v1alpha1',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1',
  'networking.k8s.io/v1beta1',
  'node.k8s.io/v1',
  'node.k8s.io/v1alpha1',
  'node.k8s.io/v1beta1',
  'policy/v1',
  'policy/v1beta1',
  'rbac.authorization.k8s.io/v1',
  'rbac.authorization.k8s.io/v1alpha1',
  'rbac.authorization.k8s.io/v1beta1',
  'resource.k8s.io/v1',
  'resource.k8s.io/v1alpha3',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1beta2',
  'scheduling.k8s.io/v1',
  'scheduling.k8s.io/v1alpha1',
  'scheduling.k8s.io/v1beta1',
  'storage.k8s.io/v1',
  'storage.k8s.io/v1alpha1',
  'storage.k8s.io/v1beta1',
  'storagemigration.k8s.io/v1alpha1',
]
