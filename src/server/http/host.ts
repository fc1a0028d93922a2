import { isIP } from 'node:net'

/** Whether a host is an address and not a name. */
export const isIpAddress = (host: string): boolean => isIP(host) !== 0
