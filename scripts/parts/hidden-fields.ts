/**
 * Source files with classes of which a user gets instances. When they are opened (split-class.ts), their
 * fields are defined so that nobody sees them who prints, compares or copies the object; that takes half a
 * microsecond a field, so that classes of the inside get ordinary fields. `test/package/parts.test.ts` looks
 * at what a user can reach.
 */
export const HIDDEN_FIELDS: readonly string[] = [
  'apiserver/client/in-process-client.ts',
  'apiserver/watch/resource-watch.ts',
  'cluster/cluster-metrics.ts',
  'cluster/connected-client.ts',
  'cluster/sim-cluster.ts',
  'cluster/snapshot.ts',
  'etcd/auth-store.ts',
  'etcd/store.ts',
  'kubelet/runtime/container-processes.ts',
  'kubelet/runtime/container-runtime.ts',
  'pki/pki.ts',
  'pki/token-signer.ts',
  'sim/clock.ts',
  'sim/event-bus.ts',
  'sim/simulation.ts',
]
