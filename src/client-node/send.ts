import type { Identity } from '../cluster/access/identities.js'

/** Sends a request into the cluster; `target` is path and query. */
export type Send = (target: string, init: RequestInit) => Promise<Response>

/** The parts of a cluster used here; SimCluster implements it. */
export interface Cluster {
  readonly http: {
    fetch(input: string, options?: RequestInit & { readonly as?: Identity }): Promise<Response>
  }
}

/**
 * The host of every URL. With `http:`, Node's `http` and client-node do not ask for certificates; nothing is
 * sent over a network.
 */
export const SERVER = 'http://simcluster.invalid'

/** Returns the path and query of a URL. */
export function targetOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
