import { endpointHost } from '../../lang/go/host-port.js'
import type { HostMachine } from '../machine/host-machine.js'
import { listeners } from '../machine/listeners.js'
import { isLoopback, machineAt } from '../machine/places.js'

/** The files with the certificates that programs of a control plane show at their ports. */
const CERTIFICATES: Readonly<Record<number, string>> = {
  2379: '/etc/kubernetes/pki/etcd/server.crt',
  2380: '/etc/kubernetes/pki/etcd/peer.crt',
  6443: '/etc/kubernetes/pki/apiserver.crt',
}

/** Ports with TLS whose programs have made their certificates themselves. */
const SELF_MADE: ReadonlySet<number> = new Set([10_250, 10_257, 10_259])

/** What a server shows a client that begins with TLS. */
export type Presented =
  | { readonly pem: string }
  /** `closed`: nothing listens there. `plain`: it does not speak TLS. `self-made`: nobody knows its text. */
  | 'closed'
  | 'plain'
  | 'self-made'

/** What a machine's client sees at an address: the certificate of a server of the cluster. */
export function presentedAt(from: HostMachine, host: string, port: number): Presented {
  const { hosts } = from
  const isEndpoint = host === endpointHost(from.cluster.pki.config.advertiseAddress)
  const machine =
    isEndpoint || (port === 443 && /^kubernetes(?:\.|$)/.test(host))
      ? hosts.controlPlane
      : machineAt(from, host)
  const own = port === 443 ? 6443 : port
  const isOpen =
    machine !== undefined &&
    listeners(machine).some(
      ([address, open]) => open === own && (address !== '127.0.0.1' || isLoopback(host)),
    )
  if (!isOpen) return 'closed'
  const path = CERTIFICATES[own]
  if (path === undefined) return SELF_MADE.has(own) ? 'self-made' : 'plain'
  const pem = machine.files.text(path)
  return pem === undefined ? 'closed' : { pem }
}
