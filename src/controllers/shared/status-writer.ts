import type { KubeObject } from '../../api/kind/definition.js'
import { isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'

/**
 * Writes the status of an object; after a conflict, reads the object again and retries once. Source:
 * updateReplicaSetStatus and storeDaemonSetStatus, which both retry once.
 */
export function writeStatus(client: Client, resource: string, object: KubeObject, status: object): void {
  try {
    client.updateStatus(resource, withStatus(object, status))
  } catch (error) {
    if (!isApiError(error, 'Conflict')) throw error
    client.updateStatus(resource, withStatus(client.get(resource, object.metadata), status))
  }
}

function withStatus(object: KubeObject, status: object): KubeObject {
  return { ...object, status } as KubeObject
}
