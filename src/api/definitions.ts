import { formatApiVersion, type GroupVersion } from './api-version.js'
import { admissionregistrationDefinitions } from './admissionregistration/definitions.js'
import { apiextensionsDefinitions } from './apiextensions/definitions.js'
import { apiregistrationDefinitions } from './apiregistration/definitions.js'
import { appsDefinitions } from './apps/definitions.js'
import { authenticationDefinitions } from './authentication/definitions.js'
import { authorizationDefinitions } from './authorization/definitions.js'
import { autoscalingDefinitions } from './autoscaling/definitions.js'
import { autoscalingV2Definitions } from './autoscaling-v2/definitions.js'
import { batchDefinitions } from './batch/definitions.js'
import { certificatesDefinitions } from './certificates/definitions.js'
import { coordinationDefinitions } from './coordination/definitions.js'
import { coreDefinitions } from './core/definitions.js'
import { discoveryDefinitions } from './discovery/definitions.js'
import { eventsDefinitions } from './events/definitions.js'
import { extensionsDefinitions } from './extensions/definitions.js'
import { flowcontrolDefinitions } from './flowcontrol/definitions.js'
import { networkingDefinitions } from './networking/definitions.js'
import { nodeDefinitions } from './node/definitions.js'
import { policyDefinitions } from './policy/definitions.js'
import { rbacDefinitions } from './rbac/definitions.js'
import { resourceDefinitions } from './resource/definitions.js'
import { schedulingDefinitions } from './scheduling/definitions.js'
import { storageDefinitions } from './storage/definitions.js'
import type { KindDefinition, ServedSpan } from './kind/definition.js'
import { type Minor, oldestMinor, type Release } from './releases.js'

/** All built-in definitions of all versions; a release serves some of them. */
const all: readonly KindDefinition[] = [
  ...coreDefinitions,
  ...admissionregistrationDefinitions,
  ...apiextensionsDefinitions,
  ...apiregistrationDefinitions,
  ...appsDefinitions,
  ...authenticationDefinitions,
  ...authorizationDefinitions,
  ...autoscalingV2Definitions,
  ...autoscalingDefinitions,
  ...batchDefinitions,
  ...certificatesDefinitions,
  ...coordinationDefinitions,
  ...discoveryDefinitions,
  ...eventsDefinitions,
  ...extensionsDefinitions,
  ...flowcontrolDefinitions,
  ...networkingDefinitions,
  ...nodeDefinitions,
  ...policyDefinitions,
  ...rbacDefinitions,
  ...resourceDefinitions,
  ...schedulingDefinitions,
  ...storageDefinitions,
]

/** Returns a built-in kind in any version, whether a release serves it or not, since etcd may hold it. */
export function definitionOfAnyRelease(
  group: string,
  version: string,
  kind: string,
): KindDefinition | undefined {
  return all.find((one) => one.kind === kind && one.version === version && one.group === group)
}

const builtInVersions: ReadonlySet<string> = new Set(all.map(formatApiVersion))

/** Whether the apiserver's own releases have that group version; those of CRDs and of metrics are others'. */
export const isBuiltInVersion = (definition: GroupVersion): boolean =>
  builtInVersions.has(formatApiVersion(definition))

/** Returns the definitions that a release serves, adapted to it. */
export function definitionsOf(release: Release): readonly KindDefinition[] {
  return all
    .filter((definition) => isServed(definition, release))
    .map((definition) => {
      const own = selfStored(definition, release)
      return own.inRelease?.(own, release) ?? own
    })
}

const isServed = ({ served = {} }: KindDefinition, { minor }: Release): boolean =>
  (served.since ?? minor) <= minor && (served.until === undefined || minor < served.until)

/** A beta version is itself the stored one in releases without v1, unless it names a fallback. */
function selfStored(definition: KindDefinition, release: Release): KindDefinition {
  const { stored, kind } = definition
  if (stored === undefined) return definition
  const target = definitionOfAnyRelease(stored.group, stored.version, kind)
  if (target !== undefined && isServed(target, release)) return definition
  const { stored: _, ...itself } = definition
  return stored.fallback === undefined ? itself : selfStored({ ...itself, stored: stored.fallback }, release)
}

type GoneRow = readonly [groupVersion: string, since: Minor, until: Minor]

/** Versions that are not simulated, and that manifests of their time have. */
const gone: readonly GoneRow[] = [
  ['auditregistration.k8s.io/v1alpha1', 13, 19],
  ['batch/v2alpha1', 13, 21],
  ['flowcontrol.apiserver.k8s.io/v1alpha1', 18, 21],
  ['flowcontrol.apiserver.k8s.io/v1beta1', 20, 26],
  ['flowcontrol.apiserver.k8s.io/v1beta2', 23, 29],
  ['rbac.authorization.k8s.io/v1alpha1', 13, 23],
  ['scheduling.k8s.io/v1alpha1', 13, 23],
  ['settings.k8s.io/v1alpha1', 13, 20],
]

/** Returns the minors that serve a resource under a group and version; undefined if that is not known. */
export function servedIn(
  groupVersion: string,
  resource: string,
): (ServedSpan & { readonly since: Minor }) | undefined {
  const row = gone.find(([each]) => each === groupVersion)
  if (row !== undefined) return { since: row[1], until: row[2] }
  const definition = all.find((each) => each.resource === resource && formatApiVersion(each) === groupVersion)
  return definition && { since: oldestMinor, ...definition.served }
}
