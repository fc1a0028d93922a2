import { InputError } from '../../lang/input-error.js'
import * as z from 'zod/mini'
import { anyFunction, argumentsCheck, callable, duration, flag, text, word } from '../../api/checked-input.js'
import type { UserInfo } from '../../client/client.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer, InformerOptions } from '../../client/informers/informer.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import { synchronous } from '../../lang/synchronous.js'
import { LazyInformer } from './lazy-informer.js'
import type { QueueOptions, QuietPasses } from './queue.js'
import { reconcileQueue, runPeriodically } from './queue.js'

/** What a controller watches: a name of its own choice to the resource behind it. */
export type WatchedResources = Readonly<Record<string, ResourceName>>

/** No informers of that kind. */
export type None = {}

/** The resource that one informer watches, the objects it selects, and its indexes. */
export type InformerSpec<R extends ResourceName> = InformerOptions<ObjectOf<R>> & { readonly resource: R }

/** One {@link InformerSpec} for each name. */
export type InformerSpecs<S extends WatchedResources> = { readonly [K in keyof S]: InformerSpec<S[K]> }

/** The parts of a controller that run after setup; `S` maps the names of its informers to resources. */
export interface Controller<S extends WatchedResources> {
  /**
   * Brings the object with this key to its desired state. A thrown ApiError or ConnectionError retries the
   * key with back-off; any other error is a bug and ends the simulation. To look at a key again later, add it
   * to the queue: `queue.addAfter(key, '5m')`.
   */
  reconcile(key: string): void
  /**
   * Event handlers by informer, registered in the order of the record's keys. A handler returns the keys to
   * reconcile; one that delays a key, or that must do something between two keys, adds to the queue itself.
   */
  readonly on: Handlers<S>
  /** A pass that runs every `period` ms of virtual time once all informers are synced: a resync. */
  readonly periodic?: {
    readonly name: string
    readonly period: number
    run(): void
    /**
     * The form of passes that find nothing to do.
     * @default none
     */
    readonly joinQuiet?: () => QuietPasses | undefined
  }
}

/** Event handlers of a {@link Controller}. */
export type Handlers<S extends WatchedResources> = {
  readonly [K in keyof S]?: (change: Change<ObjectOf<S[K]>>) => QueueKeys
}

/** Keys to reconcile; nothing stands for no keys. */
export type QueueKeys = readonly string[] | undefined | void

/** What a controller is built from. Everything in it is rebuilt in a fork; state belongs in `host.state`. */
export interface ControllerContext<S extends WatchedResources, L extends WatchedResources = None> {
  readonly host: ComponentHost
  readonly informers: { readonly [K in keyof S]: Informer<ObjectOf<S[K]>> } & {
    readonly [K in keyof L]: LazyInformer<ObjectOf<L[K]>>
  }
  /** The queue whose keys go to {@link Controller.reconcile}. */
  readonly queue: WorkQueue
  /** Adds a second queue, which waits for the same informers. Its name must differ from that of the first. */
  readonly addQueue: (
    options: QueueOptions & { readonly name: string },
    reconcile: (key: string) => void,
  ) => WorkQueue
}

/** The definition of a controller, see {@link defineController}. */
export interface ControllerDefinition<S extends WatchedResources, L extends WatchedResources = None> {
  /** Unique name of the component, by which it can be stopped, started or left out. */
  readonly name: string
  /** The user that its requests are made as. */
  readonly identity: UserInfo
  /** Informers that are opened at start, in this order. */
  readonly informers: InformerSpecs<S>
  /**
   * Informers that are opened by the first call of `need()`, so that a controller without work costs nothing.
   * @default none
   */
  readonly lazyInformers?: InformerSpecs<L>
  /**
   * Options of the work queue.
   * @default client-go's back-off, under the name `queue`
   */
  readonly queue?: QueueOptions
  /** Builds the controller. Runs at start, after a restart, and in every fork and restore. */
  readonly setup: (context: ControllerContext<S, L>) => Controller<S & L>
}

const informer = (): z.ZodMiniType =>
  z.strictObject({
    resource: text,
    namespace: word,
    labelSelector: word,
    fieldSelector: word,
    id: word,
    indexers: z.optional(z.record(z.string(), callable())),
  })

const queue = (): z.ZodMiniType =>
  z.strictObject({
    name: word,
    waitsForSync: flag,
    baseDelay: z.optional(duration),
    maxDelay: z.optional(duration),
    maxRetries: z.optional(z.number()),
    workRetries: z.optional(z.number()),
  })

const checkDefinition = argumentsCheck(
  'defineController()',
  "defineController({ name, identity, informers: { pods: { resource: 'pods' } }, setup })",
  () => ({
    options: z.strictObject({
      name: text,
      identity: z.looseObject({ name: text }),
      informers: z.record(z.string(), informer()),
      lazyInformers: z.optional(z.record(z.string(), informer())),
      queue: z.optional(queue()),
      setup: callable(),
    }),
  }),
)

const checkAdded = argumentsCheck(
  'addQueue()',
  "addQueue({ name: 'slow', maxRetries: 5 }, (key) => { ... })",
  () => ({ options: queue(), reconcile: anyFunction() }),
)

/**
 * Defines a controller as kube-controller-manager's are built: informers whose event handlers map objects to
 * keys, a work queue that waits until the informers are synced and retries with back-off, and a `reconcile`
 * that looks at one key.
 *
 * @example
 * ```ts
 * const labeller = defineController({
 *   name: 'team-labeller',
 *   identity: { name: 'system:serviceaccount:default:team-labeller', groups: ['system:masters'] },
 *   informers: { namespaces: { resource: 'namespaces' } },
 *   setup: ({ host, informers: { namespaces } }) => ({
 *     on: { namespaces: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]) },
 *     reconcile(name) {
 *       if (namespaces.get(name)?.metadata.labels?.['team'] !== undefined) return
 *       const body = { metadata: { labels: { team: 'unknown' } } }
 *       ignoreNotFound(() => host.client.patch('namespaces', { name }, { type: 'merge', body }))
 *     },
 *   }),
 * })
 * new SimCluster({ components: [labeller] })
 * ```
 */
export function defineController<S extends WatchedResources, L extends WatchedResources = None>(
  definition: ControllerDefinition<S, L>,
): Component {
  checkDefinition([definition])
  const names = Object.keys({ ...definition.informers, ...definition.lazyInformers })
  const setup: ControllerDefinition<S, L>['setup'] = (context) => {
    const controller = synchronous(definition.setup(context), `${definition.name}: setup`)
    checkController(definition.name, names, controller)
    return controller
  }
  return builtInController({ ...definition, setup })
}

/** @throws InputError for what `setup` returns: a handler of no informer would never be called */
function checkController(name: string, informers: readonly string[], controller: unknown): void {
  argumentsCheck(
    `${name}: what setup returns`,
    '({ on: { pods: ({ object }) => [keyOf(object)] }, reconcile(key) { ... } })',
    () => ({
      controller: z.strictObject({
        reconcile: anyFunction(),
        on: z.strictObject(Object.fromEntries(informers.map((each) => [each, z.optional(anyFunction())]))),
        periodic: z.optional(
          z.strictObject({
            name: text,
            period: z.number(),
            run: anyFunction(),
            joinQuiet: z.optional(callable()),
          }),
        ),
      }),
    }),
  )([controller])
}

/** {@link defineController} without its checks, which each fork would repeat for each of them. */
export function builtInController<S extends WatchedResources, L extends WatchedResources = None>(
  definition: ControllerDefinition<S, L>,
): Component {
  const { name, identity } = definition
  return { name, identity, setup: (host) => setUp(host, definition) }
}

type AnyInformer = Informer<ObjectOf<string>>
type AnySpec = InformerSpec<string>

function setUp<S extends WatchedResources, L extends WatchedResources>(
  host: ComponentHost,
  { informers: specs, lazyInformers, queue: options, setup }: ControllerDefinition<S, L>,
): void {
  const open = ({ resource, ...rest }: AnySpec): AnyInformer => host.informer<string>(resource, rest)
  const opened = mapValues(specs as unknown as Record<string, AnySpec>, open)
  const lazy = mapValues((lazyInformers ?? {}) as unknown as Record<string, AnySpec>, (spec, key) => {
    const isOpen = host.state(key, () => false)
    return new LazyInformer<ObjectOf<string>>(spec.resource, isOpen, () => listen(key, open(spec)))
  })
  const all = [...Object.values(opened), ...Object.values(lazy)]
  const queue = reconcileQueue(host, all, (key) => controller.reconcile(key), options)
  const controller: Controller<S & L> = synchronous(
    setup({
      host,
      informers: { ...opened, ...lazy } as unknown as ControllerContext<S, L>['informers'],
      queue,
      addQueue: (more, reconcile) => {
        checkAdded([more, reconcile])
        return reconcileQueue(host, all, reconcile, more)
      },
    }),
    `${host.name}: setup`,
  )
  const handlers = controller.on as Readonly<Record<string, (change: Change<ObjectOf<string>>) => QueueKeys>>
  function listen(key: string, informer: AnyInformer): AnyInformer {
    const handler = handlers[key]
    if (handler === undefined) return informer
    return informer.onChange((change) => {
      for (const found of keysFrom(handler(change), `${host.name}: on.${key}`)) queue.add(found)
    })
  }
  // only now, because opening one registers its handler
  for (const informer of Object.values(lazy)) informer.restore()
  for (const key of Object.keys(handlers)) {
    const informer = opened[key]
    if (informer !== undefined) listen(key, informer)
  }
  const { periodic } = controller
  if (periodic !== undefined)
    runPeriodically(
      host,
      periodic.name,
      periodic.period,
      all,
      () => void synchronous<unknown>(periodic.run(), `${host.name}: ${periodic.name}`),
      periodic.joinQuiet,
    )
}

/** @throws InputError if a handler returns anything but keys: a text would be taken for its letters */
function keysFrom(keys: QueueKeys, who: string): readonly string[] {
  synchronous<unknown>(keys, who)
  if (keys === undefined || Array.isArray(keys)) return keys ?? []
  throw new InputError(
    `${who} must return an array of keys, such as [keyOf(object)], not ${JSON.stringify(keys)}`,
  )
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
