import { addressCheckedClient } from './address.js'
import type { ServerConnection, KubectlEnvironment, RequestedIdentity } from './environment.js'
import { KubectlError } from './errors.js'
import type { Kubeconfig } from './kubeconfig.js'

/** What the connection of a call depends on. */
export interface LazyConnectionDependencies {
  readonly env: KubectlEnvironment
  readonly kubeconfig: Kubeconfig
  /** Prompts for credentials if there are none. Throws KubectlError without input. */
  readonly prompt: () => void
  /** Throws the error of kubectl's first requests to the server. */
  readonly check: (connection: ServerConnection) => void
}

/**
 * The connection of a call, made when it is first used: the environment's own, or the one that flags and
 * kubeconfig select.
 */
export class LazyConnection {
  readonly #dependencies: LazyConnectionDependencies
  #connection: ServerConnection | undefined

  constructor(dependencies: LazyConnectionDependencies) {
    this.#dependencies = dependencies
  }

  get connection(): ServerConnection {
    if (this.#connection === undefined) {
      const connection = this.#connect()
      this.#connection = { ...connection, client: addressCheckedClient(connection.client) }
      this.#dependencies.check(this.#connection)
    }
    return this.#connection
  }

  /**
   * Prompts for missing credentials, but not for plain HTTP. Source: client-go tools/clientcmd
   * client_config.go getUserIdentificationPartialConfig.
   */
  #identified(identity: RequestedIdentity): RequestedIdentity {
    const { isOwn, token, certificate, server = '' } = identity
    if (!isOwn && token === undefined && certificate === undefined && server.startsWith('https:'))
      this.#dependencies.prompt()
    return identity
  }

  #connect(): ServerConnection {
    const { env, kubeconfig } = this.#dependencies
    const { client } = env
    if (env.connect !== undefined) {
      if (kubeconfig.isAsked) return env.connect(this.#identified(kubeconfig.identity()))
      const own = env.connect({ isOwn: true })
      return { client, refusal: own.refusal, request: (request) => own.request(request) }
    }
    if (kubeconfig.isAsked)
      throw new KubectlError('another identity cannot be used: this kubectl was made for one only')
    return {
      client,
      request: ({ path }) => {
        throw new KubectlError(
          `${path} cannot be asked for: this kubectl was made without a way to send requests by path`,
        )
      },
    }
  }
}
