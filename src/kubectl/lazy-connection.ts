import type { KindDefinition } from '../api/definition.js'
import type { Scheme } from '../api/scheme.js'
import type { ApiGroup, Discovered } from './discovery.js'
import type { Connection, KubectlEnvironment, RequestedIdentity } from './environment.js'
import { KubectlError } from './errors.js'
import type { Kubeconfig } from './kubeconfig.js'

/** What decides about the connection of a call. */
export interface LazyConnectionParts {
  readonly env: KubectlEnvironment
  readonly kubeconfig: Kubeconfig
  /** The connection through what stands before the server. */
  readonly front: (connection: Connection) => Connection
  /** Asks who it is, where nothing says so. Throws KubectlError when nobody answers. */
  readonly prompt: () => void
  /**
   * Throws what the first thing that kubectl asks of the server is answered with; answers what it was told
   * about what is served, if it has asked.
   */
  readonly check: (connection: Connection) => Discovered | undefined
}

/**
 * The connection of a call: the environment's own, or the one that flags and kubeconfig ask for; made when it
 * is first used.
 */
export class LazyConnection {
  readonly #parts: LazyConnectionParts
  #connection: Connection | undefined
  #discovered: Discovered | undefined

  constructor(parts: LazyConnectionParts) {
    this.#parts = parts
  }

  get connection(): Connection {
    if (this.#connection === undefined) {
      this.#connection = this.#parts.front(this.#connect())
      this.#discovered = this.#parts.check(this.#connection)
    }
    return this.#connection
  }

  /** What the server has told about what it serves; undefined when kubectl knew. */
  get discovered(): Discovered | undefined {
    return this.connection === this.#connection ? this.#discovered : undefined
  }

  /** The kinds that the server has told of. */
  get scheme(): Scheme {
    const { scheme } = this.#parts.env
    return this.discovered === undefined ? scheme : servedScheme(scheme, this.discovered.groups)
  }

  /**
   * Nobody is asked over plain HTTP. Source: client-go tools/clientcmd client_config.go
   * getUserIdentificationPartialConfig.
   */
  #identified(identity: RequestedIdentity): RequestedIdentity {
    const { isOwn, token, certificate, server = '' } = identity
    if (!isOwn && token === undefined && certificate === undefined && server.startsWith('https:'))
      this.#parts.prompt()
    return identity
  }

  #connect(): Connection {
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
          : { send: (request) => (own.send as NonNullable<Connection['send']>)(request) }),
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

/** The kinds of a scheme that a server has told of; the scheme itself when it has told of all. */
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
