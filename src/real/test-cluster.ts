import type { Manifests } from '../api/manifests.js'
import type { ListOptions, Patch } from '../client/client.js'
import type { ResourceInputs } from '../client/built-in-kinds.js'
import type { BuiltInName, PluralOf, StoredOf } from '../client/resources.js'
import type { CommandResult } from '../cluster/streams/pod-streams.js'
import type { EditDraft } from '../cluster/edit.js'
import type { NameOf, NamespacedName } from '../cluster/object-name.js'
import type { Duration } from '../sim/duration.js'

/**
 * Selects what {@link TestCluster.list} returns.
 * @default everything in the current namespace
 */
export type Selected = Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>

/**
 * A cluster as a test sees it, simulated or real, with a current namespace. Everything is asynchronous. What
 * only a simulator can do (fork, rewind, crash a node) is not here. Requests that the apiserver refuses throw
 * ApiError.
 */
export interface TestCluster {
  readonly kind: 'simulated' | 'real'
  readonly namespace: string
  /** Returns the same cluster with another current namespace. */
  in(namespace: string): TestCluster
  /** Reads an object: `get('pods', 'web')`. */
  get<R extends BuiltInName>(resource: R, name: NameOf<R>): Promise<StoredOf<R>>
  list<R extends BuiltInName>(resource: R, options?: Selected): Promise<readonly StoredOf<R>[]>
  /** Creates an object; `apiVersion` and `kind` may be left out. */
  create<R extends BuiltInName>(resource: R, object: ResourceInputs[PluralOf<R>]): Promise<StoredOf<R>>
  /** Patches an object; server-side apply is `kubectl apply --server-side`. */
  patch<R extends BuiltInName>(
    resource: R,
    name: NameOf<R>,
    patch: Exclude<Patch, { readonly type: 'apply' }>,
  ): Promise<StoredOf<R>>
  /** Reads an object, changes a draft of it, and writes it back; repeats after a conflict. */
  edit<R extends BuiltInName>(
    resource: R,
    name: NameOf<R>,
    recipe: (draft: EditDraft<R>) => void,
  ): Promise<StoredOf<R>>
  /** Deletes an object; does not wait until it is gone. */
  delete<R extends BuiltInName>(resource: R, name: NameOf<R>): Promise<void>
  /** Applies manifests: YAML or JSON text, one object, or a list of objects. */
  apply(manifests: Manifests): Promise<void>
  /** Runs a kubectl command line. */
  kubectl(command: string | readonly string[]): Promise<CommandResult>
  /** Runs a command in a container; a text is a line for its shell. */
  exec(pod: NamespacedName, command: string | readonly string[]): Promise<CommandResult>
  /** Returns what a container has written so far. */
  logs(
    pod: NamespacedName,
    options?: { readonly container?: string; readonly previous?: boolean },
  ): Promise<string>
  /**
   * Returns whether a user may do something.
   * @default the administrator
   */
  can(
    verb: string,
    resource: string,
    options?: { readonly as?: string; readonly namespace?: string },
  ): Promise<boolean>
  /**
   * Waits until the predicate holds. Returns false if it does not within `timeout`.
   * @default 2m
   */
  until(
    predicate: (cluster: TestCluster) => boolean | Promise<boolean>,
    options?: { readonly timeout?: Duration },
  ): Promise<boolean>
  /** Lets time pass: at once in a simulator, by waiting in a real cluster. */
  advance(duration: Duration): Promise<void>
  /** Deletes what `clusters()` has made for the test. */
  close(): Promise<void>
}
