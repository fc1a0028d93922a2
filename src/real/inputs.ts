import * as z from 'zod/mini'
import {
  anyFunction,
  anyObject,
  argumentsCheck,
  duration,
  flag,
  inputCheck,
  text,
  word,
} from '../api/checked-input.js'
import { inputs } from '../cluster/inputs/schemas.js'
import type { TestCluster } from './test-cluster.js'
import { optionSchema } from '../cluster/compose/option-schema.js'

const kubectl = { kubeconfig: word, context: word, kubectl: word }
const connection = { ...kubectl, namespace: word, longestWait: z.optional(duration) }

/** Checks the options of `connect()`. */
export const checkConnect: (value: unknown) => void = inputCheck(
  'connect()',
  "await connect({ context: 'kind-kind', namespace: 'tests' })",
  () => z.strictObject(connection),
)

/** Checks the options of `clusters()`. */
export const checkClusters: (value: unknown) => void = inputCheck(
  'clusters()',
  "clusters({ simulated: { nodes: 3 }, real: { context: 'kind-kind' } })",
  () =>
    z.strictObject({ simulated: z.optional(optionSchema()), real: z.optional(z.strictObject(connection)) }),
)

/** Checks the options of `fromCluster()`. */
export const checkFrom: (value: unknown) => void = inputCheck(
  'fromCluster()',
  "await fromCluster({ context: 'kind-kind', namespaces: ['shop'] })",
  () =>
    z.strictObject({
      ...kubectl,
      namespaces: z.optional(z.array(text)),
      secrets: flag,
      options: z.optional(optionSchema()),
    }),
)

/** Checks the options of `recordCluster()`. */
export const checkRecord: (value: unknown) => void = inputCheck(
  'recordCluster()',
  "await record({ context: 'kind-kind', id: 'shop' })",
  () => z.strictObject({ ...kubectl, id: word }),
)

/** Checks the argument of `recording.save()`. */
export const checkSaved: (args: readonly unknown[]) => void = argumentsCheck(
  'save()',
  "recording.save('shop.json')",
  () => ({ file: text }),
)

type Checks = { readonly [K in keyof TestCluster]?: (args: readonly unknown[]) => void }

/** What the methods of a {@link TestCluster} take, simulated or real. */
const methods: Checks = {
  in: argumentsCheck('in()', "cluster.in('shop')", () => ({ namespace: text })),
  get: argumentsCheck('get()', "await cluster.get('pods', 'web')", () => ({
    resource: text,
    name: inputs().name,
  })),
  list: argumentsCheck('list()', "await cluster.list('pods', { labelSelector: 'app=web' })", () => ({
    resource: text,
    options: z.optional(
      z.strictObject({
        namespace: word,
        labelSelector: z.optional(z.string()),
        fieldSelector: z.optional(z.string()),
      }),
    ),
  })),
  create: argumentsCheck('create()', "await cluster.create('pods', pod)", () => ({
    resource: text,
    object: anyObject(),
  })),
  patch: argumentsCheck(
    'patch()',
    "await cluster.patch('deployments', 'web', { type: 'merge', body: { spec: { replicas: 2 } } })",
    () => ({ resource: text, name: inputs().name, patch: inputs().patch }),
  ),
  edit: argumentsCheck(
    'edit()',
    "await cluster.edit('deployments', 'web', (draft) => { draft.spec.replicas = 2 })",
    () => ({ resource: text, name: inputs().name, recipe: inputs().recipe }),
  ),
  delete: argumentsCheck('delete()', "await cluster.delete('pods', 'web')", () => ({
    resource: text,
    name: inputs().name,
  })),
  apply: argumentsCheck('apply()', 'await cluster.apply(manifest)', () => ({
    manifests: inputs().manifests,
  })),
  kubectl: argumentsCheck('kubectl()', "await cluster.kubectl('get pods')", () => ({
    command: inputs().command,
  })),
  exec: argumentsCheck('exec()', "await cluster.exec('web', 'ls')", () => ({
    pod: inputs().name,
    command: inputs().command,
  })),
  logs: argumentsCheck('logs()', "await cluster.logs('web', { previous: true })", () => ({
    pod: inputs().name,
    options: z.optional(z.strictObject({ container: word, previous: flag })),
  })),
  can: argumentsCheck('can()', "await cluster.can('list', 'pods', { as: 'jane' })", () => ({
    verb: text,
    resource: text,
    options: z.optional(z.strictObject({ as: word, namespace: word })),
  })),
  until: argumentsCheck('until()', "await cluster.until(isReady, { timeout: '5m' })", () => ({
    predicate: anyFunction(),
    options: z.optional(z.strictObject({ timeout: z.optional(duration) })),
  })),
  advance: argumentsCheck('advance()', "await cluster.advance('5m')", () => ({ duration })),
}

/** Makes the methods of a cluster check what they are given. */
export function checkedCluster<C extends TestCluster>(cluster: C): C {
  for (const [name, check] of Object.entries(methods)) {
    const method: unknown = Reflect.get(cluster, name)
    if (typeof method !== 'function') throw new Error(`assertion failed: there is no ${name}`)
    const value = (...args: readonly unknown[]): unknown => {
      check(args)
      return Reflect.apply(method, cluster, args)
    }
    const checked =
      name === 'in' ? value : async (...args: readonly unknown[]): Promise<unknown> => value(...args)
    Object.defineProperty(cluster, name, { value: checked, writable: true, configurable: true })
  }
  return cluster
}
