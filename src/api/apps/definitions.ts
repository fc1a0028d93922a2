import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { controllerRevisionDefinition } from './controller-revision.js'
import { daemonSetDefinition } from './daemon-set.js'
import { deploymentDefinition } from './deployment.js'
import {
  setBetaDeploymentDefaults,
  setBetaStatefulSetDefaults,
  setExtensionsDaemonSetDefaults,
  setExtensionsDeploymentDefaults,
  setExtensionsReplicaSetDefaults,
} from './legacy.js'
import { replicaSetDefinition } from './replica-set.js'
import { statefulSetDefinition } from './stateful-set.js'

/** The kinds of apps in all its versions and in extensions/v1beta1. */
export const appsDefinitions: readonly KindDefinition[] = [
  served(controllerRevisionDefinition),
  served(daemonSetDefinition),
  served(deploymentDefinition),
  served(replicaSetDefinition),
  served(statefulSetDefinition),
  served(servedAs(deploymentDefinition, 'apps', 'v1beta2'), { until: 16 }),
  served(servedAs(replicaSetDefinition, 'apps', 'v1beta2'), { until: 16 }),
  served(servedAs(daemonSetDefinition, 'apps', 'v1beta2'), { until: 16 }),
  served(servedAs(controllerRevisionDefinition, 'apps', 'v1beta2'), { until: 16 }),
  served(servedAs(statefulSetDefinition, 'apps', 'v1beta2'), { until: 16 }),
  served(servedAs(statefulSetDefinition, 'apps', 'v1beta1', setBetaStatefulSetDefaults), { until: 16 }),
  served(servedAs(deploymentDefinition, 'apps', 'v1beta1', setBetaDeploymentDefaults), { until: 16 }),
  served(servedAs(controllerRevisionDefinition, 'apps', 'v1beta1'), { until: 16 }),
  served(servedAs(deploymentDefinition, 'extensions', 'v1beta1', setExtensionsDeploymentDefaults), {
    until: 16,
  }),
  served(servedAs(daemonSetDefinition, 'extensions', 'v1beta1', setExtensionsDaemonSetDefaults), {
    until: 16,
  }),
  served(servedAs(replicaSetDefinition, 'extensions', 'v1beta1', setExtensionsReplicaSetDefaults), {
    until: 16,
  }),
]
