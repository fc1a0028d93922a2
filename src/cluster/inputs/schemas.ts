import { time } from '../../api/option-values.js'
import * as z from 'zod/mini'
import {
  anyObject,
  callable,
  duration,
  flag,
  like,
  shaped,
  strict,
  text,
  word,
} from '../../api/checked-input.js'
import type {
  DeletionOptions,
  FieldQuery,
  LabelQuery,
  ListQuery,
  Patch,
  WriteOptions,
} from '../../client/client.js'
import type { KubectlOptions } from '../../kubectl/index.js'
import type { ClaimedIdentity, Identity } from '../access/identities.js'
import type { CanOptions } from '../access/can.js'
import type { FlowOptions } from '../access/flow.js'
import type { NamespacedName } from '../object-name.js'
import type { ExecOptions, LogOptions } from '../streams/pod-streams.js'

const line = z.optional(z.string())
const amount = z.optional(z.number())

/** What the arguments of the cluster's methods must be. Made once, when the first method is called. */
export type Schemas = Readonly<
  Record<
    | 'resource'
    | 'text'
    | 'name'
    | 'duration'
    | 'object'
    | 'key'
    | 'recipe'
    | 'listener'
    | 'word'
    | 'anyText'
    | 'optionalText'
    | 'flag'
    | 'list'
    | 'selected'
    | 'pods'
    | 'get'
    | 'write'
    | 'delete'
    | 'patch'
    | 'manifests'
    | 'command'
    | 'kubectl'
    | 'exec'
    | 'logs'
    | 'until'
    | 'identity'
    | 'can'
    | 'flow',
    z.ZodMiniType
  >
>

let schemas: Schemas | undefined

/** Returns the schemas of what the methods of a cluster take. */
export function inputs(): Schemas {
  return (schemas ??= makeSchemas())
}

/** The name of an object, or the metadata of one. */
const nameSchema = (): z.ZodMiniType<NamespacedName> =>
  shaped<NamespacedName>(
    z.custom(
      (value) => isName(value) || (typeof value === 'object' && value !== null && isName(nameIn(value))),
      "must be a name such as 'web' or 'office/web', or an object's metadata",
    ),
  )

const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''
const nameIn = (value: object): unknown => ('name' in value ? value.name : undefined)

/** Labels as text, as an object of texts, or as a LabelSelector. */
export const labelQuery = (): z.ZodMiniType<LabelQuery> =>
  like(
    "{ labelSelector: { app: 'web' } }",
    shaped<LabelQuery>(
      z.custom(
        (value) => typeof value === 'string' || isSelector(value),
        "must be a text such as 'app=web', labels such as { app: 'web' }, or a LabelSelector",
      ),
    ),
  )

function isSelector(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([key, each]) =>
    key === 'matchLabels' || key === 'matchExpressions'
      ? typeof each === 'object' && each !== null
      : typeof each === 'string',
  )
}

const fieldQuery = (): z.ZodMiniType<FieldQuery> =>
  like(
    "{ fieldSelector: { 'spec.nodeName': 'node-1' } }",
    z.union([z.string(), z.record(z.string(), z.string())]),
  )

function makeSchemas(): Schemas {
  const labelSelector = z.optional(labelQuery())
  const fieldSelector = z.optional(fieldQuery())
  const namespace = like("{ namespace: 'office' }", line.clone())
  const pod = nameSchema()
  // what a body may be depends on its type: the apiserver says so, with Kubernetes' own error
  const patch = z.strictObject({ type: z.enum(['merge', 'strategic', 'apply', 'json']), body: z.unknown() })
  return {
    resource: text,
    text,
    name: pod,
    duration,
    object: anyObject<object>(),
    key: anyObject<object>(),
    recipe: callable(),
    listener: callable(),
    word,
    anyText: z.string(),
    optionalText: line,
    flag,
    list: z.optional(
      strict<ListQuery>({
        namespace,
        labelSelector,
        fieldSelector,
        limit: amount,
        continue: line,
        resourceVersion: line,
        resourceVersionMatch: z.optional(z.enum(['Exact', 'NotOlderThan'])),
      }),
    ),
    selected: z.optional(
      strict<Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'>>({
        namespace,
        labelSelector,
        fieldSelector,
      }),
    ),
    pods: strict<Pick<ListQuery, 'namespace' | 'labelSelector'>>({ namespace, labelSelector }),
    get: z.optional(z.strictObject({ resourceVersion: line })),
    write: z.optional(
      strict<WriteOptions>({
        dryRun: like('{ dryRun: true }', flag.clone()),
        fieldManager: line,
        force: flag,
        fieldValidation: z.optional(z.enum(['Ignore', 'Warn', 'Strict'])),
        subresource: line,
      }),
    ),
    delete: z.optional(
      strict<DeletionOptions>({
        gracePeriodSeconds: like('{ gracePeriodSeconds: 0 }', amount.clone()),
        propagationPolicy: z.optional(z.enum(['Orphan', 'Background', 'Foreground'])),
        preconditions: shaped<DeletionOptions['preconditions']>(
          z.optional(z.strictObject({ uid: line, resourceVersion: line })),
        ),
        dryRun: flag,
      }),
    ),
    patch: shaped<Patch>(patch),
    manifests: shaped<unknown>(z.union([z.string(), z.array(anyObject()), anyObject()])),
    command: z.union([z.string(), z.array(z.string())]),
    kubectl: z.optional(
      strict<KubectlOptions>({
        stdin: line,
        isTerminal: flag,
        files: shaped<KubectlOptions['files']>(
          z.optional(z.record(z.string(), z.union([z.string(), z.instanceof(Uint8Array)]))),
        ),
        env: z.optional(z.record(z.string(), z.string())),
        editor: z.optional(callable<NonNullable<KubectlOptions['editor']>>()),
        knowsServer: flag,
        interruptAfter: amount,
        version: line,
        forwarded: z.optional(callable<NonNullable<KubectlOptions['forwarded']>>()),
        proxied: z.optional(callable<NonNullable<KubectlOptions['proxied']>>()),
        check: flag,
      }),
    ),
    exec: z.optional(strict<ExecOptions>({ container: word, stdin: line, timeout: z.optional(duration) })),
    logs: z.optional(
      strict<LogOptions>({
        container: word,
        previous: flag,
        timestamps: flag,
        sinceSeconds: amount,
        sinceTime: z.optional(time()),
        tailLines: like('{ tailLines: 20 }', amount.clone()),
        limitBytes: amount,
      }),
    ),
    until: z.optional(strict<{ timeout?: string | number }>({ timeout: z.optional(duration) })),
    identity: like(
      "{ user: 'jane', groups: ['dev'] }",
      z.union([
        text,
        strict<ClaimedIdentity>({ user: text, groups: z.optional(z.array(z.string())), uid: word }),
      ]),
    ) satisfies z.ZodMiniType<Identity>,
    can: z.optional(strict<CanOptions>({ namespace, name: word, subresource: word })),
    flow: z.optional(
      strict<FlowOptions>({
        namespace,
        name: word,
        subresource: word,
        limit: z.optional(z.number().check(z.nonnegative())),
        labelSelector: word,
        resourceVersion: word,
      }),
    ),
  }
}
