import { appsSchema } from '../apps/generated.js'
import { networkingBetaSchema } from '../networking/v1beta1.js'
import { podSecurityPolicySchema } from '../policy/pod-security-policy-schema.js'
import { defineGroup } from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

/** Field tables of io.k8s.api.extensions.v1beta1: those of the groups that its kinds moved to. */
export const extensionsSchema: SchemaGroup = defineGroup(
  'io.k8s.api.extensions.v1beta1',
  'v1beta1',
  [appsSchema, networkingBetaSchema, podSecurityPolicySchema],
  {},
)
