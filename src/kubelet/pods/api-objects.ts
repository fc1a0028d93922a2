import type { ConfigMap, Secret } from '../../api/core/generated.js'
import type { Client } from '../../apiserver/client/client.js'
import { ApiError, ConnectionError, isApiError } from '../../apiserver/client/api-error.js'

/** Why a pod's volume or variable cannot be made; the text is what the kubelet tells. */
export class ConfigFault extends Error {}

/** Reads the ConfigMaps and Secrets that pods refer to, with the errors of the kubelet's own managers. Source: pkg/kubelet/util/manager. */
export class ApiObjects {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Undefined: there is none, and that is fine. @throws ConfigFault */
  configMap(namespace: string, name: string, optional: boolean | undefined): ConfigMap | undefined {
    return this.#read('configmap', name, optional, () => this.#client.get('configmaps', { namespace, name }))
  }

  /** Undefined: there is none, and that is fine. @throws ConfigFault */
  secret(namespace: string, name: string, optional: boolean | undefined): Secret | undefined {
    return this.#read('secret', name, optional, () => this.#client.get('secrets', { namespace, name }))
  }

  #read<T>(kind: string, name: string, optional: boolean | undefined, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (isApiError(error, 'NotFound')) {
        if (optional === true) return undefined
        throw new ConfigFault(`${kind} ${JSON.stringify(name)} not found`)
      }
      if (error instanceof ApiError || error instanceof ConnectionError) throw new ConfigFault(`failed to sync ${kind} cache: timed out waiting for the condition`)
      throw error
    }
  }
}
