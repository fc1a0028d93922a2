import * as z from 'zod/mini'
import { anyFunction, argumentsCheck, flag, inputCheck, text, word } from '../api/checked-input.js'
import { aCluster } from '../cluster/inputs/a-cluster.js'
import { optionSchema } from '../cluster/compose/option-schema.js'

const aStore: z.ZodMiniType = z.custom(
  (value) => typeof value === 'object' && value !== null && 'revision' in value && 'range' in value,
  'must be an EtcdStore',
)
const amount = z.optional(z.number())
const names = z.optional(z.array(text))
const call = z.optional(anyFunction())

const time = z.optional(
  z.union([
    z.enum(['virtual', 'clock']),
    z.strictObject({ speed: z.number(), from: z.optional(z.literal('clock')) }),
  ]),
)

const user = {
  user: word,
  groups: z.optional(z.array(z.string())),
  token: word,
  namespace: word,
  validFor: amount,
}

const etcd = { port: amount, host: word, certSANs: names, plain: flag, onError: call }

/** Checks the arguments of `serve()`. */
export const checkServe: (args: readonly unknown[]) => void = argumentsCheck(
  'serve()',
  "await serve(cluster, { port: 8443, time: 'virtual' })",
  () => ({
    cluster: aCluster,
    options: z.strictObject({
      port: amount,
      host: word,
      certSANs: names,
      time,
      etcd: z.optional(z.strictObject(etcd)),
      gateway: call,
      explore: call,
      certificate: z.optional(z.strictObject({ certificate: text, key: text })),
      clientCA: word,
      committed: call,
      audited: call,
      protocols: z.optional(z.array(z.enum(['h2', 'http/1.1']))),
      onError: call,
      onSlowRequest: call,
    }),
  }),
)

/** Checks the arguments of `server.kubeconfig()`. */
export const checkUser: (value: unknown) => void = inputCheck(
  'kubeconfig()',
  "server.kubeconfig({ user: 'jane', groups: ['dev'] })",
  () => z.strictObject(user),
)

/** Checks the arguments of `server.writeKubeconfig()`. */
export const checkWritten: (args: readonly unknown[]) => void = argumentsCheck(
  'writeKubeconfig()',
  "server.writeKubeconfig('/tmp/kubeconfig', { user: 'jane' })",
  () => ({ path: text, user: z.strictObject(user) }),
)

/** Checks the argument of `server.writeCredentials()`. */
export const checkCredentials: (args: readonly unknown[]) => void = argumentsCheck(
  'writeCredentials()',
  "server.writeCredentials('/tmp/kubernetes')",
  () => ({ folder: text }),
)

/** Checks the argument of `etcd.writeCredentials()`. */
export const checkFolder: (args: readonly unknown[]) => void = argumentsCheck(
  'writeCredentials()',
  "etcd.writeCredentials('/tmp/etcd')",
  () => ({ folder: text }),
)

/** Checks the argument of `etcd.renew()`. */
export const checkStore: (args: readonly unknown[]) => void = argumentsCheck(
  'renew()',
  'etcd.renew(cluster.internals.etcd)',
  () => ({ store: aStore }),
)

/** Checks the arguments of `commandClient()`. */
export const checkCommand: (args: readonly unknown[]) => void = argumentsCheck(
  'commandClient()',
  "commandClient(['node', 'controller.mjs'], { env: { LOG_LEVEL: 'debug' } })",
  () => ({
    command: z.array(z.string()),
    options: z.strictObject({ ...user, env: z.optional(z.record(z.string(), z.string())), startup: amount }),
  }),
)

/** Checks the arguments of `serveEtcd()`. */
export const checkEtcd: (args: readonly unknown[]) => void = argumentsCheck(
  'serveEtcd()',
  'await serveEtcd(cluster, { port: 2379 })',
  () => ({
    target: z.union([aCluster, aStore]),
    options: z.strictObject({ ...etcd, time, now: call, name: word }),
  }),
)

/** Checks the arguments of `openDurableCluster()`. */
export const checkDurable: (value: unknown) => void = inputCheck(
  'openDurableCluster()',
  "await openDurableCluster({ endpoints: ['https://10.0.0.1:2379'] })",
  () => {
    const bytes = z.optional(z.union([z.string(), z.instanceof(Uint8Array)]))
    return z.strictObject({
      endpoints: z.array(text),
      tls: z.optional(z.strictObject({ ca: bytes, cert: bytes, key: bytes })),
      prefix: word,
      registry: word,
      lockTtl: amount,
      cluster: z.optional(optionSchema()),
      onRetry: call,
    })
  },
)

/** Checks the arguments of `nodeKeys()`. */
export const checkBits: (args: readonly unknown[]) => void = argumentsCheck(
  'nodeKeys()',
  'nodeKeys(2048)',
  () => ({ bits: z.number().check(z.gte(1024, 'must be at least 1024')) }),
)
