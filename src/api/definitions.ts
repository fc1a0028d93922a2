import { admissionregistrationDefinitions } from './admissionregistration/definitions.js'
import { apiextensionsDefinitions } from './apiextensions/definitions.js'
import { apiregistrationDefinitions } from './apiregistration/definitions.js'
import { appsDefinitions } from './apps/definitions.js'
import { olderStatefulSetDefinition } from './apps/stateful-set.js'
import { authenticationDefinitions } from './authentication/definitions.js'
import { authorizationDefinitions } from './authorization/definitions.js'
import { autoscalingDefinitions } from './autoscaling/definitions.js'
import { autoscalingV2Definitions } from './autoscaling-v2/definitions.js'
import { batchDefinitions } from './batch/definitions.js'
import { olderJobDefinition } from './batch/job.js'
import { certificatesDefinitions } from './certificates/definitions.js'
import { coordinationDefinitions } from './coordination/definitions.js'
import { coreDefinitions } from './core/definitions.js'
import { untimedVolume } from './core/persistent-volume.js'
import { singleAddressPod } from './core/pod-strategy.js'
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
import { fixedCountUpdate } from './storage/csi-node.js'
import { storageDefinitions } from './storage/definitions.js'
import type { KindDefinition, KubeObject } from './kind/definition.js'
import type { Release } from './releases.js'
import { erase } from './kind/served-as.js'

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

/** Returns the definitions that a release serves, adapted to it. */
export function definitionsOf(release: Release): readonly KindDefinition[] {
  return all
    .filter(({ group, version, resource }) => release.serves(group, version, resource))
    .map((definition) => adapted(selfStored(definition, release), release))
}

/** A beta version is itself the stored one in releases without v1, unless it names a fallback. */
function selfStored(definition: KindDefinition, release: Release): KindDefinition {
  const { stored, resource } = definition
  if (stored === undefined || release.serves(stored.group, stored.version, resource)) return definition
  const { fallback } = stored
  return fallback === undefined
    ? without(definition, 'stored')
    : selfStored({ ...definition, stored: fallback }, release)
}

/** Applies the differences of single kinds between minors. */
function adapted(definition: KindDefinition, release: Release): KindDefinition {
  switch (definition.kind) {
    case 'ServiceAccount':
      return release.has('serviceAccountSecretsColumn')
        ? definition
        : { ...definition, columns: definition.columns.filter(({ name }) => name !== 'Secrets') }
    case 'CertificateSigningRequest': {
      if (release.has('certificateDurationColumn')) return definition
      const absent = release.has('certificateSignerColumn')
        ? ['RequestedDuration']
        : ['RequestedDuration', 'SignerName']
      return { ...definition, columns: definition.columns.filter(({ name }) => !absent.includes(name)) }
    }
    case 'Namespace':
      return release.has('namespaceNameLabel') ? definition : without(definition, 'setDefaults')
    case 'Pod': {
      if (release.has('podGeneration')) return definition
      const strategy = without(definition.strategy, 'generationChanged')
      return {
        ...definition,
        strategy: release.has('podIPs')
          ? strategy
          : { ...strategy, ...(singleAddressPod as typeof strategy) },
      }
    }
    case 'PersistentVolume':
    case 'PersistentVolumeClaim':
      // both came with v1.29
      return release.has('volumeAttributesClassColumn')
        ? definition
        : {
            ...definition,
            columns: definition.columns.filter(({ name }) => name !== 'VolumeAttributesClass'),
            ...(definition.kind === 'PersistentVolume'
              ? { strategy: { ...definition.strategy, ...untimedVolume } }
              : {}),
          }
    case 'CSINode':
      return release.has('mutableNodeAllocatable')
        ? definition
        : { ...definition, validateUpdate: fixedCountUpdate as NonNullable<KindDefinition['validateUpdate']> }
    case 'CustomResourceDefinition':
      return release.has('definitionFormatWarnings')
        ? definition
        : { ...definition, strategy: without(definition.strategy, 'warnings') }
    case 'Service':
      return release.has('loadBalancerIpMode')
        ? definition
        : { ...definition, strategy: { ...definition.strategy, ...modelessService } }
    case 'Job':
      return olderJob(definition, release)
    case 'StatefulSet':
      return release.has('statefulSetClaimRetention')
        ? definition
        : withDefaultsOf(olderStatefulSetDefinition, definition)
    default:
      return definition
  }
}

function olderJob(definition: KindDefinition, release: Release): KindDefinition {
  const features = {
    modes: release.has('jobModes'),
    prefixedLabels: release.has('prefixedJobLabels'),
    replacementPolicy: release.has('jobTerminatingPods'),
    manualSelectorDefault: release.has('jobManualSelectorDefault'),
    interimConditions: release.has('jobInterimConditions'),
  }
  return Object.values(features).every(Boolean) ? definition : erase(olderJobDefinition(features))
}

/** Adds the defaults of the older kind after those of its version. */
function withDefaultsOf<T extends KubeObject>(
  older: KindDefinition<T>,
  definition: KindDefinition,
): KindDefinition {
  const { setDefaults } = erase(older)
  return {
    ...definition,
    setDefaults: (draft) => {
      definition.setDefaults?.(draft)
      setDefaults?.(draft)
    },
  }
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> & { [P in K]?: never } {
  const { [key]: _, ...rest } = value
  return rest as Omit<T, K> & { [P in K]?: never }
}
