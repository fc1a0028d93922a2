import type { KindDefinition } from '../../api/kind/definition.js'
import type { Scheme } from '../../api/scheme.js'
import type { ApiGroup, Discovered } from './discovery.js'
import type { ServerConnection, KubectlEnvironment, RequestedIdentity } from './environment.js'
import { KubectlError } from './errors.js'
import type { Kubeconfig } from './kubeconfig.js'

/** What the connection of a call depends on. */
export interface LazyConnectionParts {
  readonly env: KubectlEnvironment
  readonly kubeconfig: Kubeconfig
  /** Wraps the connection in what stands before the server. */
  readonly front: (connection: ServerConnection) => ServerConnection
  /** Prompts for credentials if there are none. Throws KubectlError without input. */
  readonly prompt: () => void
  /** Throws the error of kubectl's first requests to the server. Returns the discovery if kubectl did it. */
  readonly check: (connection: ServerConnection) => Discovered | undefined
}

/**
 * The connection of a call, made when it is first used: the environment's own, or the one that flags and
 * kubeconfig select.
 */
export class LazyConnection {
  readonly #parts: LazyConnectionParts
  #connection: ServerConnection | undefined
  #discovered: Discovered | undefined

  constructor(parts: LazyConnectionParts) {
    this.#parts = parts
  }

  get connection(): ServerConnection {
    if (this.#connection === undefined) {
      this.#connection = this.#parts.front(this.#connect())
      this.#discovered = this.#parts.check(this.#connection)
    }
    return this.#connection
  }

  /** What the server serves; undefined if kubectl had it cached. */
  get discovered(): Discovered | undefined {
    return this.connection === this.#connection ? this.#discovered : undefined
  }

  /** The discovered kinds. */
  get scheme(): Scheme {
    const { scheme } = this.#parts.env
    return this.discovered === undefined ? scheme : servedScheme(scheme, this.discovered.groups)
  }

  /**
   * Prompts for missing credentials, but not for plain HTTP. Source: client-go tools/clientcmd
   * client_config.go getUserIdentificationPartialConfig.
   */
  #identified(identity: RequestedIdentity): RequestedIdentity {
    const { isOwn, token, certificate, server = '' } = identity
    if (!isOwn && token === undefined && certificate === undefined && server.startsWith('https:'))
      this.#parts.prompt()
    return identity
  }

  #connect(): ServerConnection {
    const { env, kubeconfig } = this.#parts
    const { client } = env
    if (env.connect !== undefined) {
      if (kubeconfig.isAsked) return env.connect(this.#identified(kubeconfig.identity()))
      const own = env.connect({ isOwn: true })
      return {
        client,
        refusal: own.refusal,
        request: (request) => own.request(request),
        ...(own.send === undefined
          ? {}
          : { send: (request) => (own.send as NonNullable<ServerConnection['send']>)(request) }),
      }
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

/** Restricts a scheme to the discovered kinds; returns the scheme itself if it has no others. */
function servedScheme(scheme: Scheme, groups: readonly ApiGroup[]): Scheme {
  const names = new Set(
    groups.flatMap(({ group, versions }) =>
      versions.flatMap(({ version, resources }) =>
        resources.map(({ name }) => `${group}/${version}/${name}`),
      ),
    ),
  )
  const isServed = ({ group, version, resource, verbs }: KindDefinition): boolean =>
    verbs.length === 0 || names.has(`${group}/${version}/${resource}`)
  if (scheme.definitions().every(isServed)) return scheme
  const only = (definition: KindDefinition | undefined): KindDefinition | undefined =>
    definition !== undefined && isServed(definition) ? definition : undefined
  return {
    release: scheme.release,
    tables: scheme.tables,
    definitions: () => scheme.definitions().filter(isServed),
    byKind: (...at) => only(scheme.byKind(...at)),
    byResource: (...at) => only(scheme.byResource(...at)),
    ofObject: (...at) => only(scheme.ofObject(...at)),
    byName: (name) => only(scheme.byName(name)),
    inCategory: (category) => scheme.inCategory(category).filter(isServed),
    storedDefinition: (definition) => scheme.storedDefinition(definition),
    messageOf: (definition) => scheme.messageOf(definition),
    add: (...parts) => scheme.add(...parts),
    remove: (...parts) => scheme.remove(...parts),
  }
}
