import type { ConnectOptions } from '../../network/index.js'
import type { HostMachine } from './host-machine.js'

/** Whether a host is the machine itself, by its loopback address. */
export const isLoopback = (host: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(host)

/** The machine of a name or an address, as /etc/hosts has them. */
export function machineAt(from: HostMachine, target: string): HostMachine | undefined {
  if (isLoopback(target)) return from
  const { hosts } = from
  return hosts
    .names()
    .map((name) => hosts.machine(name))
    .find(({ name, addresses }) => name === target || addresses.includes(target))
}

/** Where connections of a machine begin in the cluster's network. */
export const sourceAt = ({ node, address, name }: HostMachine): NonNullable<ConnectOptions['from']> =>
  node === undefined ? { ip: address } : { node: name }
