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
import { untimedVolume } from './core/persistent-volume.js'
import { modelessService } from './core/service.js'
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
import type { KindDefinition } from './definition.js'
import type { Release } from './releases.js'

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

/** The definitions that a release serves, as they were in it. */
export function definitionsOf(release: Release): readonly KindDefinition[] {
  return all
    .filter(({ group, version, resource }) => release.serves(group, version, resource))
    .map((definition) => adapted(selfStored(definition, release), release))
}

/** A beta version whose v1 does not exist yet is what etcd keeps, unless it names another one. */
function selfStored(definition: KindDefinition, release: Release): KindDefinition {
  const { stored, resource } = definition
  if (stored === undefined || release.serves(stored.group, stored.version, resource)) return definition
  const { fallback } = stored
  return fallback === undefined ? without(definition, 'stored') : selfStored({ ...definition, stored: fallback }, release)
}

/** Differences of single kinds between minors. */
function adapted(definition: KindDefinition, release: Release): KindDefinition {
  switch (definition.kind) {
    case 'ServiceAccount':
      return release.has('serviceAccountSecretsColumn')
        ? definition
        : { ...definition, columns: definition.columns.filter(({ name }) => name !== 'Secrets') }
    case 'Namespace': return release.has('namespaceNameLabel') ? definition : without(definition, 'setDefaults')
    case 'Pod':
      return release.has('podGeneration')
        ? definition
        : { ...definition, strategy: without(definition.strategy, 'generationChanged') }
    case 'PersistentVolume': case 'PersistentVolumeClaim':
      // both came with v1.29
      return release.has('volumeAttributesClassColumn')
        ? definition
        : {
            ...definition, columns: definition.columns.filter(({ name }) => name !== 'VolumeAttributesClass'),
            ...(definition.kind === 'PersistentVolume' ? { strategy: { ...definition.strategy, ...untimedVolume } } : {}),
          }
    case 'Service':
      return release.has('loadBalancerIpMode') ? definition : { ...definition, strategy: { ...definition.strategy, ...modelessService } }
    default: return definition
  }
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> & { [P in K]?: never } {
  const { [key]: _, ...rest } = value
  return rest as Omit<T, K> & { [P in K]?: never }
}
