/** Joins an address and a port: `10.0.0.1:80`, `[fd00::1]:80`. Source: Go's net.JoinHostPort. */
export function joinHostPort(host: string, port: number | string): string {
  return `${bracketed(host)}:${port}`
}

/** Returns a host as URLs write it: an IPv6 address in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

const ENDPOINT = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/

/**
 * Returns the host of `host:port`, without the brackets of an IPv6 address. A text without a port is a host,
 * also a bare IPv6 address. Source: kubeadm's ParseHostPort.
 */
export function endpointHost(endpoint: string): string {
  const [, address, name] = ENDPOINT.exec(endpoint) ?? []
  return address ?? name ?? endpoint
}

/** Returns the port of `host:port`; undefined if there is none. */
export function endpointPort(endpoint: string): string | undefined {
  return ENDPOINT.exec(endpoint)?.[3]
}
