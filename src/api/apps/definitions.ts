import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
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
  erase(controllerRevisionDefinition),
  erase(daemonSetDefinition),
  erase(deploymentDefinition),
  erase(replicaSetDefinition),
  erase(statefulSetDefinition),
  servedAs(deploymentDefinition, 'apps', 'v1beta2'),
  servedAs(replicaSetDefinition, 'apps', 'v1beta2'),
  servedAs(daemonSetDefinition, 'apps', 'v1beta2'),
  servedAs(controllerRevisionDefinition, 'apps', 'v1beta2'),
  servedAs(statefulSetDefinition, 'apps', 'v1beta2'),
  servedAs(statefulSetDefinition, 'apps', 'v1beta1', setBetaStatefulSetDefaults),
  servedAs(deploymentDefinition, 'apps', 'v1beta1', setBetaDeploymentDefaults),
  servedAs(controllerRevisionDefinition, 'apps', 'v1beta1'),
  servedAs(deploymentDefinition, 'extensions', 'v1beta1', setExtensionsDeploymentDefaults),
  servedAs(daemonSetDefinition, 'extensions', 'v1beta1', setExtensionsDaemonSetDefaults),
  servedAs(replicaSetDefinition, 'extensions', 'v1beta1', setExtensionsReplicaSetDefaults),
]
