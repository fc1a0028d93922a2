import type { KindDefinition } from '../definition.js'
import { erase, servedAs } from '../served-as.js'
import { controllerRevisionDefinition } from './controller-revision.js'
import { daemonSetDefinition } from './daemon-set.js'
import { deploymentDefinition } from './deployment.js'
import {
  setBetaDeploymentDefaults, setExtensionsDaemonSetDefaults, setExtensionsDeploymentDefaults, setExtensionsReplicaSetDefaults,
} from './legacy.js'
import { replicaSetDefinition } from './replica-set.js'

/** The kinds of apps, in all its versions and as extensions/v1beta1 had them. */
export const appsDefinitions: readonly KindDefinition[] = [
  erase(controllerRevisionDefinition), erase(daemonSetDefinition), erase(deploymentDefinition), erase(replicaSetDefinition),
  servedAs(deploymentDefinition, 'apps', 'v1beta2'), servedAs(replicaSetDefinition, 'apps', 'v1beta2'),
  servedAs(daemonSetDefinition, 'apps', 'v1beta2'), servedAs(controllerRevisionDefinition, 'apps', 'v1beta2'),
  servedAs(deploymentDefinition, 'apps', 'v1beta1', setBetaDeploymentDefaults),
  servedAs(controllerRevisionDefinition, 'apps', 'v1beta1'),
  servedAs(deploymentDefinition, 'extensions', 'v1beta1', setExtensionsDeploymentDefaults),
  servedAs(daemonSetDefinition, 'extensions', 'v1beta1', setExtensionsDaemonSetDefaults),
  servedAs(replicaSetDefinition, 'extensions', 'v1beta1', setExtensionsReplicaSetDefaults),
]
