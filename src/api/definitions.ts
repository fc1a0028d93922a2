import { controllerRevisionDefinition } from './apps/controller-revision.js'
import { daemonSetDefinition } from './apps/daemon-set.js'
import { deploymentDefinition } from './apps/deployment.js'
import {
  setBetaDeploymentDefaults, setExtensionsDaemonSetDefaults, setExtensionsDeploymentDefaults, setExtensionsReplicaSetDefaults,
} from './apps/legacy.js'
import { replicaSetDefinition } from './apps/replica-set.js'
import { scaleDefinition } from './autoscaling/scale.js'
import { leaseDefinition } from './coordination/lease.js'
import { bindingDefinition } from './core/binding.js'
import { configMapDefinition } from './core/config-map.js'
import { eventDefinition } from './core/event.js'
import { namespaceDefinition } from './core/namespace.js'
import { nodeDefinition } from './core/node.js'
import { podDefinition } from './core/pod.js'
import { secretDefinition } from './core/secret.js'
import { serviceAccountDefinition } from './core/service-account.js'
import { serviceDefinition } from './core/service.js'
import type { KindDefinition, KubeObject } from './definition.js'
import type { Draft } from './draft.js'
import { eventsEventDefinition } from './events/event.js'
import { evictionDefinition } from './policy/eviction.js'
import { podDisruptionBudgetDefinition } from './policy/pod-disruption-budget.js'
import type { Release } from './releases.js'
import { priorityClassDefinition } from './scheduling/priority-class.js'

/** Forgets the type of a kind, for collections of definitions. */
const erase = <T extends KubeObject>(definition: KindDefinition<T>): KindDefinition => definition as unknown as KindDefinition

/** The same kind under another group version of the same shape; etcd keeps the original's version. */
function servedAs<T extends KubeObject>(
  original: KindDefinition<T>, group: string, version: string, setOwnDefaults?: (draft: Draft<T>) => void,
): KindDefinition {
  const apiVersion = group === '' ? version : `${group}/${version}`
  const storedVersion = original.group === '' ? original.version : `${original.group}/${original.version}`
  return erase<T>({
    ...original, group, version,
    stored: {
      group: original.group, version: original.version,
      encode: (object) => ({ ...object, apiVersion: storedVersion }),
      decode: (object) => ({ ...(object as T), apiVersion }),
    },
    ...(setOwnDefaults === undefined ? {} : {
      setDefaults: (draft: Draft<T>) => {
        setOwnDefaults(draft)
        original.setDefaults?.(draft)
      },
    }),
  })
}

/** All built-in definitions of all versions; a release serves some of them. */
const all: readonly KindDefinition[] = [
  erase(bindingDefinition), erase(configMapDefinition), erase(eventDefinition), erase(namespaceDefinition), erase(nodeDefinition),
  erase(podDefinition), erase(secretDefinition), erase(serviceAccountDefinition), erase(serviceDefinition),
  erase(controllerRevisionDefinition), erase(daemonSetDefinition), erase(deploymentDefinition), erase(replicaSetDefinition),
  servedAs(deploymentDefinition, 'apps', 'v1beta2'), servedAs(replicaSetDefinition, 'apps', 'v1beta2'),
  servedAs(daemonSetDefinition, 'apps', 'v1beta2'), servedAs(controllerRevisionDefinition, 'apps', 'v1beta2'),
  servedAs(deploymentDefinition, 'apps', 'v1beta1', setBetaDeploymentDefaults),
  servedAs(controllerRevisionDefinition, 'apps', 'v1beta1'),
  servedAs(deploymentDefinition, 'extensions', 'v1beta1', setExtensionsDeploymentDefaults),
  servedAs(daemonSetDefinition, 'extensions', 'v1beta1', setExtensionsDaemonSetDefaults),
  servedAs(replicaSetDefinition, 'extensions', 'v1beta1', setExtensionsReplicaSetDefaults),
  erase(scaleDefinition),
  erase(leaseDefinition), servedAs(leaseDefinition, 'coordination.k8s.io', 'v1beta1'),
  erase(eventsEventDefinition), servedAs(eventsEventDefinition, 'events.k8s.io', 'v1beta1'),
  erase(evictionDefinition), servedAs(evictionDefinition, 'policy', 'v1beta1'),
  erase(podDisruptionBudgetDefinition), servedAs(podDisruptionBudgetDefinition, 'policy', 'v1beta1'),
  erase(priorityClassDefinition), servedAs(priorityClassDefinition, 'scheduling.k8s.io', 'v1beta1'),
]

/** The definitions that a release serves, as they were in it. */
export function definitionsOf(release: Release): readonly KindDefinition[] {
  return all
    .filter(({ group, version, resource }) => release.serves(group, version, resource))
    .map((definition) => adapted(selfStored(definition, release), release))
}

/** A beta version whose v1 does not exist yet is what etcd keeps. */
function selfStored(definition: KindDefinition, release: Release): KindDefinition {
  const { stored, resource } = definition
  return stored === undefined || release.serves(stored.group, stored.version, resource) ? definition : without(
    definition, 'stored',
  )
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
    default: return definition
  }
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> & { [P in K]?: never } {
  const { [key]: _, ...rest } = value
  return rest as Omit<T, K> & { [P in K]?: never }
}
