import { admissionregistrationSchema } from './admissionregistration/generated.js'
import { crdBetaSchema, crdSchema } from './apiextensions/definition/crd-schema.js'
import { apiregistrationSchema } from './apiregistration/generated.js'
import { appsSchema } from './apps/generated.js'
import { authenticationSchema } from './authentication/generated.js'
import { authorizationSchema } from './authorization/generated.js'
import { autoscalingSchema } from './autoscaling/generated.js'
import { autoscalingV2beta1Schema } from './autoscaling/old-metrics-schema.js'
import { autoscalingV2Schema } from './autoscaling-v2/generated.js'
import { batchSchema } from './batch/generated.js'
import { certificatesSchema } from './certificates/generated.js'
import { coordinationSchema } from './coordination/generated.js'
import { coreSchema } from './core/generated.js'
import { discoverySchema } from './discovery/generated.js'
import { discoveryBetaSchema } from './discovery/v1beta1.js'
import { eventsSchema } from './events/generated.js'
import { extensionsSchema } from './extensions/schema.js'
import { flowcontrolSchema } from './flowcontrol/generated.js'
import { networkingSchema } from './networking/generated.js'
import { networkingBetaSchema } from './networking/v1beta1.js'
import { nodeSchema } from './node/generated.js'
import { policySchema } from './policy/generated.js'
import { podSecurityPolicySchema } from './policy/pod-security-policy-schema.js'
import { rbacSchema } from './rbac/generated.js'
import { resourceSchema } from './resource/generated.js'
import { schedulingSchema } from './scheduling/generated.js'
import { storageSchema } from './storage/generated.js'
import type { SchemaGroup } from './schema/types.js'

/** Field tables by API group, or by group version if the versions of a group have different shapes. */
const schemaGroups: Readonly<Record<string, SchemaGroup>> = {
  '': coreSchema,
  extensions: extensionsSchema,
  apps: appsSchema,
  batch: batchSchema,
  policy: policySchema,
  'policy/v1beta1': podSecurityPolicySchema,
  autoscaling: autoscalingSchema,
  'autoscaling/v2': autoscalingV2Schema,
  'autoscaling/v2beta2': autoscalingV2Schema,
  'autoscaling/v2beta1': autoscalingV2beta1Schema,
  'admissionregistration.k8s.io': admissionregistrationSchema,
  'apiextensions.k8s.io': crdSchema,
  'apiextensions.k8s.io/v1beta1': crdBetaSchema,
  'apiregistration.k8s.io': apiregistrationSchema,
  'authentication.k8s.io': authenticationSchema,
  'authorization.k8s.io': authorizationSchema,
  'certificates.k8s.io': certificatesSchema,
  'coordination.k8s.io': coordinationSchema,
  'discovery.k8s.io': discoverySchema,
  'discovery.k8s.io/v1beta1': discoveryBetaSchema,
  'events.k8s.io': eventsSchema,
  'flowcontrol.apiserver.k8s.io': flowcontrolSchema,
  'networking.k8s.io': networkingSchema,
  'networking.k8s.io/v1beta1': networkingBetaSchema,
  'node.k8s.io': nodeSchema,
  'rbac.authorization.k8s.io': rbacSchema,
  'resource.k8s.io': resourceSchema,
  'scheduling.k8s.io': schedulingSchema,
  'storage.k8s.io': storageSchema,
}

/** Returns the field tables of a group version. Versions without tables have those of the group's v1. */
export function schemaGroupOf(group: string, version: string): SchemaGroup | undefined {
  return schemaGroups[`${group}/${version}`] ?? schemaGroups[group]
}
