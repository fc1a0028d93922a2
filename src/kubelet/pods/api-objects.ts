import { quote } from '../../lang/go/quote.js'
import type {
  ConfigMap,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
} from '../../api/core/generated.js'
import type { RuntimeClass } from '../../api/node/generated.js'
import type { ResourceClaim } from '../../api/resource/generated.js'
import type { CSIDriver } from '../../api/storage/generated.js'
import type { Client } from '../../client/client.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'

/** The handler that every container runtime has. */
const DEFAULT_HANDLER = 'runc'

/** Why a pod's volume or variable cannot be made, in the kubelet's words. */
export class ConfigFault extends Error {}

/** Whether the error is a refusal of the server, or an unreachable server. */
export function isRequestFailure(error: unknown): error is ApiError | ConnectionError {
  return error instanceof ApiError || error instanceof ConnectionError
}

/**
 * Reads the ConfigMaps and Secrets that pods refer to, with the errors of the kubelet's own managers. Source:
 * pkg/kubelet/util/manager.
 */
export class ApiObjects {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Undefined if it is missing and `optional`. @throws ConfigFault */
  configMap(namespace: string, name: string, optional: boolean | undefined): ConfigMap | undefined {
    return this.#read('configmap', name, optional, () => this.#client.get('configmaps', { namespace, name }))
  }

  /** Undefined if it is missing and `optional`. @throws ConfigFault */
  secret(namespace: string, name: string, optional: boolean | undefined): Secret | undefined {
    return this.#read('secret', name, optional, () => this.#client.get('secrets', { namespace, name }))
  }

  /** @throws ApiError, ConnectionError */
  claim(namespace: string, name: string): PersistentVolumeClaim {
    return this.#client.get('persistentvolumeclaims', { namespace, name })
  }

  /** @throws ApiError, ConnectionError */
  resourceClaim(namespace: string, name: string): ResourceClaim {
    return this.#client.get('resourceclaims', { namespace, name })
  }

  /** @throws ApiError, ConnectionError */
  volume(name: string): PersistentVolume {
    return this.#client.get('persistentvolumes', { name })
  }

  /**
   * Returns why the container runtime, which has the handler `runc` and the given ones, cannot run a pod's
   * class. Source: pkg/kubelet/runtimeclass/runtimeclass_manager.go; containerd's CRI service.
   */
  runtimeFault({ spec: { runtimeClassName = '' } }: Pod, handlers: readonly string[]): string | undefined {
    if (runtimeClassName === '') return undefined
    const found: RuntimeClass | undefined = ignoreNotFound(() =>
      this.#client.get('runtimeclasses', { name: runtimeClassName }),
    )
    if (found === undefined)
      return `failed to lookup runtime handler: RuntimeClass ${quote(runtimeClassName)} not found`
    const { handler } = found
    if (handler === '' || handler === DEFAULT_HANDLER || handlers.includes(handler)) return undefined
    return (
      'rpc error: code = Unknown desc = failed to get sandbox runtime: ' +
      `no runtime for ${quote(handler)} is configured`
    )
  }

  csiDriver(name: string): CSIDriver | undefined {
    return ignoreNotFound(() => this.#client.get('csidrivers', { name }))
  }

  /** Writes the capacity of a claim to its status. */
  writeClaimStatus(claim: PersistentVolumeClaim): void {
    this.#client.updateStatus('persistentvolumeclaims', claim)
  }

  #read<T>(kind: string, name: string, optional: boolean | undefined, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (isApiError(error, 'NotFound')) {
        if (optional === true) return undefined
        throw new ConfigFault(`${kind} ${quote(name)} not found`)
      }
      if (error instanceof ApiError || error instanceof ConnectionError)
        throw new ConfigFault(`failed to sync ${kind} cache: timed out waiting for the condition`)
      throw error
    }
  }
}
