import * as main from 'simcluster'

/** A call as plain JavaScript makes it. */
export type Call = () => unknown

/**
 * A function, as the search for public functions calls it, perhaps with a word on the case; a call with a key
 * that does not exist, or a value of another type; and what the error must say.
 */
export type Row = readonly [name: string, call: Call, says: string | RegExp]

/** Calls a function without its types. */
export const called =
  (of: object, name: string, ...args: unknown[]): Call =>
  () => {
    const method: unknown = Reflect.get(of, name)
    if (typeof method !== 'function') throw new Error(`assertion failed: no function ${name}`)
    return Reflect.apply(method, of, args)
  }

/** Constructs an object without its types. */
export const made = (of: unknown, ...args: unknown[]): Call => {
  if (typeof of !== 'function') throw new Error('assertion failed: no class')
  return () => Reflect.construct(of, args)
}

/** The cluster of all calls; none of them changes it. */
export const cluster: main.SimCluster = new main.SimCluster({ nodes: 1 })
cluster.kubectl('run web --image=nginx')
cluster.settle()

export const policy: object = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p' },
  spec: { podSelector: {} },
}
export const role: object = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'r' },
  rules: [],
}
export const connection = { from: 'default/web', to: 'default/web', port: 80 }
