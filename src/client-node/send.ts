/** Sends a request into the cluster: `target` is path and query. */
export type Send = (target: string, init: RequestInit) => Promise<Response>

/** A cluster as this entry needs it: a SimCluster. */
export interface Cluster {
  readonly http: {
    fetch(input: string, options?: RequestInit & { readonly as?: Identity }): Promise<Response>
  }
}

/** Who sends the requests of a configuration. */
export interface Identity {
  readonly user: string
  readonly groups?: readonly string[]
  readonly uid?: string
}

/**
 * The host of every URL. Its `http:` keeps Node's `http` and client-node from asking for certificates;
 * nothing is sent over a network.
 */
export const SERVER = 'http://simcluster.invalid'

/** Path and query of a URL. */
export function targetOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
