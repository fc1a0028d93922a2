import { minorOf } from '../process/version.js'

/**
 * Whether the release reports `status.terminatingReplicas` of ReplicaSets and Deployments: feature gate
 * DeploymentReplicaSetTerminatingReplicas, on by default since v1.35.
 */
export function reportsTerminatingReplicas(version: string): boolean {
  return minorOf(version) >= 35
}
