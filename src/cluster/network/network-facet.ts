import type { ConnectOptions, Connection, DnsResponse, From, RecordType } from '../../network/index.js'
import { viewOfConnection } from '../../view/connection.js'
import { displayed } from '../../view/display.js'
import { throwAtCaller } from '../at-caller.js'
import { networkInputs } from '../inputs/methods.js'
import type { ClusterParts } from '../compose/assemble.js'

/** `cluster.network`: connections and DNS as pods, nodes and machines outside the cluster see them. */
export class NetworkFacet {
  static {
    throwAtCaller(this.prototype, networkInputs)
  }

  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /**
   * Tries a connection: `connect({ from: 'default/web', to: 'default/db', port: 6379 })`. `to` may be a
   * Service, a pod, a node, an address or a host name. Returns what the client sees and every hop on the way:
   * DNS, kube-proxy, routes, policies, listeners.
   * @throws ApiError NotFound if a named pod or Service does not exist
   */
  connect(options: ConnectOptions): Connection {
    const connection = this.#network.connect(options)
    return displayed(connection, () => viewOfConnection(connection))
  }

  /**
   * Sends over a connection that {@link connect} has opened. Returns whether it still works after changes of
   * pods, nodes and (with the option `networkPolicy: { existingConnections: 'cut' }`) policies. A connection
   * is plain data: it can be stored, and used in a fork.
   * @throws InputError if the connection was not established
   */
  send(connection: Connection, send?: ConnectOptions['send']): Connection {
    return this.#network.send(connection, send)
  }

  /**
   * Queries the DNS server that `from` has configured, without a search path. `server` defaults to the first
   * nameserver of /etc/resolv.conf.
   */
  resolve(from: From, name: string, type: RecordType = 'A', server?: string): DnsResponse {
    const { ends, resolver } = this.#network
    return resolver.query(ends.source(from), name, type, server)
  }

  get #network(): ClusterParts['machines']['network']['network'] {
    return this.#parts().machines.network.network
  }
}
