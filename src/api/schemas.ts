import { appsSchema } from './apps/generated.js'
import { authenticationSchema } from './authentication/generated.js'
import { authorizationSchema } from './authorization/generated.js'
import { autoscalingSchema } from './autoscaling/generated.js'
import { coordinationSchema } from './coordination/generated.js'
import { coreSchema } from './core/generated.js'
import { eventsSchema } from './events/generated.js'
import { policySchema } from './policy/generated.js'
import { schedulingSchema } from './scheduling/generated.js'
import type { SchemaGroup } from './schema/types.js'

/** Field tables by API group; every served version of a group has the shape of its v1. */
export const schemaGroups: Readonly<Record<string, SchemaGroup>> = {
  '': coreSchema,
  apps: appsSchema,
  extensions: appsSchema,
  policy: policySchema,
  'coordination.k8s.io': coordinationSchema,
  autoscaling: autoscalingSchema,
  'events.k8s.io': eventsSchema,
  'scheduling.k8s.io': schedulingSchema,
  'authentication.k8s.io': authenticationSchema,
  'authorization.k8s.io': authorizationSchema,
}
