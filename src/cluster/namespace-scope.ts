import { strictly } from './strict-writes.js'
import { InputError } from '../lang/input-error.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { Draft } from '../api/kind/draft.js'
import { type Manifests, placedManifests } from '../api/manifests.js'
import type { ObjectMetaInput } from '../api/meta/inputs.js'
import type { Status } from '../client/api-error.js'
import type {
  Client,
  DeletionOptions,
  ListOptions,
  ListQuery,
  ObjectList,
  Patch,
  WatchEvent,
  WriteOptions,
} from '../client/client.js'
import type { ClusterScopedResource, ResourceInputs } from '../client/built-in-kinds.js'
import type { BuiltInName, PluralOf, ResourceName, StoredOf } from '../client/resources.js'
import { applyObjects, createKubectl, kubectlWatch } from '../kubectl/index.js'
import type { AppliedObject, KubectlEnvironment, KubectlOptions, KubectlResult } from '../kubectl/index.js'
import type { Duration } from '../sim/duration.js'
import { throwAtCaller } from './at-caller.js'
import { listOptionsOf } from './inputs/list-query.js'
import { scopeInputs } from './inputs/methods.js'
import type { TypedSchema } from './custom-resource.js'
import { CustomResource } from './custom-resource.js'
import type { EditDraft } from './edit.js'
import { editObject } from './edit.js'
import type { Checked, ManifestLike } from './manifests.js'
import type { NameOf, NamespacedName } from './object-name.js'
import { keyOfName } from './object-name.js'
import { resourceNamed } from './resource-name.js'
import type { ExecOptions, CommandResult, LogOptions } from './streams/pod-streams.js'
import { execInPod, logsOfPod } from './streams/pod-streams.js'
import { iterateWatch } from './streams/watch-iterator.js'

/** What a {@link NamespaceScope} needs of its cluster; functions, because a rewind replaces the parts. */
export interface NamespaceScopeDependencies {
  readonly client: () => Client
  readonly kubectl: () => KubectlEnvironment
  readonly until: (predicate: () => boolean, timeout: Duration) => boolean
}

/** Options of `list` and `watch`. Cluster-scoped resources take no namespace. */
export type ListOptionsFor<R extends BuiltInName> =
  PluralOf<R> extends ClusterScopedResource ? Omit<ListQuery, 'namespace'> : ListQuery

/** Options of {@link NamespaceScope.evict}. */
export interface EvictOptions {
  /** Default: the pod's own. */
  readonly gracePeriodSeconds?: number
  /** Whether only to ask. @default false */
  readonly dryRun?: boolean
}

/**
 * Reads and writes objects, and runs kubectl, with a current namespace: names and objects without a namespace
 * are in it. {@link SimCluster} is the scope of `default`; `cluster.in('office')` gives that of another
 * namespace. Methods that read and write act as a cluster administrator and throw ApiError (a Kubernetes
 * Status) if the apiserver refuses, ConnectionError if it is stopped. Resources are named as in kubectl:
 * `pods`, `pod`, `po`. Objects that are passed in are never
 * changed; objects that are returned are deeply frozen.
 */
export class NamespaceScope {
  /** The current namespace. */
  readonly namespace: string
  readonly #access: NamespaceScopeDependencies
  /** Namespace of `list` and `watch` without one; undefined means all namespaces. */
  readonly #listed: string | undefined

  static {
    throwAtCaller(this.prototype, scopeInputs)
  }

  constructor(access: NamespaceScopeDependencies, namespace: string, listed: string | undefined) {
    this.#access = access
    this.namespace = namespace
    this.#listed = listed
  }

  /** Returns the same methods in another namespace: `cluster.in('office').get('pods', 'web')`. */
  in(namespace: string): NamespaceScope {
    return new NamespaceScope(this.#access, namespace, namespace)
  }

  /** GET of one object: `get('pods', 'web')`, `get('pods', 'office/web')`, `get('pods', pod.metadata)`. */
  get<R extends BuiltInName>(resource: R, name: NameOf<R>): StoredOf<R> {
    return this.#client.get<string>(this.#resource(resource), this.#key(resource, name)) as StoredOf<R>
  }

  /**
   * Lists a resource. Without `namespace`: all namespaces of a cluster, the namespace of `cluster.in(...)`.
   */
  list<R extends BuiltInName>(resource: R, options?: ListOptionsFor<R>): ObjectList<StoredOf<R>> {
    return this.#client.list<string>(this.#resource(resource), this.#listing(options)) as ObjectList<
      StoredOf<R>
    >
  }

  /** POST. `apiVersion` and `kind` may be left out. An unknown field is an error. */
  create<R extends BuiltInName>(
    resource: R,
    object: ResourceInputs[PluralOf<R>],
    options?: WriteOptions,
  ): StoredOf<R> {
    return this.#client.create<string>(
      this.#resource(resource),
      this.#placed(resource, object),
      strictly(options),
    ) as StoredOf<R>
  }

  /** PUT of the whole object, or of the subresource that `options` names. */
  update<R extends BuiltInName>(
    resource: R,
    object: ResourceInputs[PluralOf<R>],
    options?: WriteOptions,
  ): StoredOf<R> {
    return this.#client.update<string>(
      this.#resource(resource),
      this.#placed(resource, object),
      strictly(options),
    ) as StoredOf<R>
  }

  /** PATCH: JSON patch, merge patch, strategic merge patch or server-side apply. */
  patch<R extends BuiltInName>(
    resource: R,
    name: NameOf<R>,
    patch: Patch,
    options?: WriteOptions,
  ): StoredOf<R> {
    return this.#client.patch<string>(
      this.#resource(resource),
      this.#key(resource, name),
      patch,
      strictly(options),
    ) as StoredOf<R>
  }

  /**
   * Reads an object, lets `recipe` change a draft of it (immer) and writes it back; repeats after a conflict,
   * at most five times. `edit('deployments', 'web', (draft) => { draft.spec.replicas = 5 })`
   */
  edit<R extends BuiltInName>(
    resource: R,
    name: NameOf<R>,
    recipe: (draft: EditDraft<R>) => void,
  ): StoredOf<R> {
    return editObject(
      this.#client,
      this.#resource(resource),
      this.#key(resource, name),
      recipe as (draft: never) => void as (draft: Draft<KubeObject>) => void,
    ) as StoredOf<R>
  }

  /** DELETE. Returns the object if it still exists (graceful deletion, finalizers), else a Status. */
  delete<R extends BuiltInName>(
    resource: R,
    name: NameOf<R>,
    options?: DeletionOptions,
  ): StoredOf<R> | Status {
    return this.#client.delete<string>(this.#resource(resource), this.#key(resource, name), options) as
      | StoredOf<R>
      | Status
  }

  /**
   * Watches a resource: `for await (const event of cluster.watch('pods'))`. Events arrive while time is moved
   * elsewhere; leaving the loop stops the watch. Namespaces as in {@link list}.
   */
  watch<R extends BuiltInName>(
    resource: R,
    options?: ListOptionsFor<R>,
  ): AsyncGenerator<WatchEvent<StoredOf<R>>, void, undefined> {
    const watch = this.#client.watch<string>(this.#resource(resource), this.#listing(options))
    return iterateWatch(watch) as AsyncGenerator<WatchEvent<StoredOf<R>>, void, undefined>
  }

  /**
   * The same methods for a resource that has no type in this package, such as a custom one. `T` are the
   * fields of its objects: `cluster.resource<{ spec: { size: number } }>('widgets.example.com').create(...)`;
   * or give a zod schema, whose types are used: `cluster.resource('widgets.example.com', widgetSchema)`.
   */
  resource<T = { readonly [field: string]: unknown }>(name: string): CustomResource<T, T>
  resource<Input, Output>(name: string, schema: TypedSchema<Input, Output>): CustomResource<Input, Output>
  resource<Input, Output>(name: string): CustomResource<Input, Output> {
    return new CustomResource(name, {
      resource: () => this.#resource(name),
      client: this.#access.client,
      keyOf: (key) => this.#key(name, key),
      place: (object) => this.#placed(name, object),
      listing: (options) => this.#listing(options),
    })
  }

  /**
   * `kubectl apply` of manifests: YAML or JSON text, one object, or a list of objects. The fields of an
   * object whose `apiVersion` and `kind` are literals of a built-in kind are checked by the compiler.
   * It goes on after a failure; one error names each object that failed, with its document, line and kind.
   * @throws InputError if the text is not YAML or has no objects; ApiError if the server refuses an object;
   * KubectlError for a kind that is not served, with what to write instead; ApplyError for several objects
   */
  apply(text: string): readonly AppliedObject[]
  apply<const M extends readonly ManifestLike[]>(manifests: {
    readonly [At in keyof M]: M[At] & Checked<M[At]>
  }): readonly AppliedObject[]
  apply<const M extends ManifestLike>(manifest: M & Checked<M>): readonly AppliedObject[]
  apply(manifests: Manifests): readonly AppliedObject[] {
    const environment = this.#kubectlEnvironment
    const placed = placedManifests(manifests)
    if (placed.length === 0 && typeof manifests === 'string')
      throw new InputError('apply(): the text has no objects. Write for example: cluster.apply(pod)')
    try {
      return applyObjects(environment, placed)
    } finally {
      environment.takeWarnings?.() // or the next command line would print them
    }
  }

  /**
   * Runs a kubectl command line. Commands that wait move virtual time. What kubectl reports as an error is in
   * the result, not thrown; with `{ check: true }` a command that fails throws a CommandError with stderr.
   * @example cluster.kubectl('rollout restart deployment/web', { check: true })
   */
  kubectl(command: string | readonly string[], options: KubectlOptions = {}): KubectlResult {
    return createKubectl(this.#kubectlEnvironment)(command, options)
  }

  /** `kubectl get ... -w`: yields each line that it prints while time is moved elsewhere. */
  kubectlWatch(command: string | readonly string[], options: KubectlOptions = {}): AsyncIterable<string> {
    return kubectlWatch(this.#kubectlEnvironment, command, options)
  }

  /**
   * Runs a command in a container, as `kubectl exec` does, and moves time until it ends: `exec('web', ['cat',
   * '/etc/hostname'])`, or a line for its shell: `exec('web', 'ls /data | wc -l')`.
   * @throws ApiError if the pod or container does not exist.
   */
  exec(pod: NamespacedName, command: string | readonly string[], options: ExecOptions = {}): CommandResult {
    const wait = (ended: () => boolean): boolean => this.#access.until(ended, options.timeout ?? '1h')
    return execInPod(this.#client, wait, keyOfName(pod, this.namespace), command, options)
  }

  /**
   * Returns what a container has written so far, as `kubectl logs` prints it.
   * @throws ApiError if there is no log
   */
  logs(pod: NamespacedName, options: LogOptions = {}): string {
    return logsOfPod(this.#client, keyOfName(pod, this.namespace), options)
  }

  /**
   * Evicts a pod through its subresource `eviction`, as `kubectl drain` does. PodDisruptionBudgets are
   * respected.
   * @throws ApiError 429 if a budget has no disruption left; its message names the budget
   */
  evict(pod: NamespacedName, options: EvictOptions = {}): void {
    const { dryRun = false, gracePeriodSeconds } = options
    const key = keyOfName(pod, this.namespace)
    const isNew = this.#access.kubectl().scheme.byKind('policy', 'v1', 'PodDisruptionBudget') !== undefined
    this.#client.createSubresource(
      'pods',
      key,
      'eviction',
      {
        apiVersion: isNew ? 'policy/v1' : 'policy/v1beta1',
        kind: 'Eviction',
        metadata: key,
        deleteOptions: gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
      },
      { dryRun },
    )
  }

  get #client(): Client {
    return this.#access.client()
  }

  get #kubectlEnvironment(): KubectlEnvironment {
    const environment = this.#access.kubectl()
    return this.namespace === 'default' ? environment : { ...environment, defaultNamespace: this.namespace }
  }

  #resource(name: ResourceName): string {
    return resourceNamed(this.#access.kubectl().scheme, name)
  }

  #key(resource: ResourceName, name: NamespacedName): ReturnType<typeof keyOfName> {
    return keyOfName(name, this.namespace, { scheme: this.#access.kubectl().scheme, resource })
  }

  /**
   * Puts the object into the current namespace unless it names one. The namespace of a cluster-scoped object
   * is ignored, as by other clients.
   */
  #placed(resource: ResourceName, object: object): KubeObject {
    const { metadata } = object as { metadata?: ObjectMetaInput }
    // for an object without metadata, leave it to the apiserver to report the error
    if (
      metadata === undefined ||
      metadata.namespace !== undefined ||
      this.#access.kubectl().scheme.byName(resource)?.namespaced === false
    )
      return object as KubeObject
    return { ...object, metadata: { ...metadata, namespace: this.namespace } } as KubeObject
  }

  #listing(query: ListQuery | undefined): ListOptions | undefined {
    const options = listOptionsOf(query)
    return this.#listed === undefined ? options : { namespace: this.#listed, ...options }
  }
}
