import { strictly } from './strict-writes.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { Draft } from '../api/kind/draft.js'
import type { ObjectMetaInput } from '../api/meta/inputs.js'
import type {
  Client,
  DeletionOptions,
  ListOptions,
  ListQuery,
  ObjectKey,
  ObjectList,
  Patch,
  WatchEvent,
  WriteOptions,
} from '../client/client.js'
import type { Stored, UntypedInput } from '../client/resources.js'
import type { Status } from '../client/api-error.js'
import { throwAtCaller } from './at-caller.js'
import { customInputs } from './inputs/methods.js'
import { editObject } from './edit.js'
import type { NamespacedName } from './object-name.js'
import { iterateWatch } from './streams/watch-iterator.js'

/** A schema with Standard Schema types (zod, valibot, arktype). Only its types are used. */
export interface TypedSchema<Input, Output> {
  readonly '~standard': { readonly types?: { readonly input: Input; readonly output: Output } | undefined }
}

/** What a client sends for a custom kind whose own fields are `T`; without `T` the fields are not checked. */
export type CustomInput<T> = string extends keyof T
  ? UntypedInput | KubeObject
  : Omit<T, 'apiVersion' | 'kind' | 'metadata'> & {
      readonly apiVersion?: string | undefined
      readonly kind?: string | undefined
      readonly metadata: ObjectMetaInput
    }

/** An object of a custom kind that the server has returned. */
export type CustomObject<T> = Stored<KubeObject> & Omit<T, 'apiVersion' | 'kind' | 'metadata'>

/** What a {@link CustomResource} needs of the namespace scope that it belongs to. */
export interface CustomResourceDependencies {
  readonly client: () => Client
  /** Its name on the server. Throws ApiError 404 if it is not served. */
  readonly resource: () => string
  readonly keyOf: (name: NamespacedName) => ObjectKey
  /** The object in the current namespace unless it names one. */
  readonly place: (object: object) => KubeObject
  readonly listing: (options: ListQuery | undefined) => ListOptions | undefined
}

/**
 * Reads and writes objects of one resource that has no type in this package, for example of a
 * CustomResourceDefinition. Names without a namespace are in the current one. All methods throw ApiError if
 * the server refuses, with reason `NotFound` as long as the resource is not served.
 */
export class CustomResource<Input, Output> {
  /** `widgets.example.com` */
  readonly name: string
  readonly #access: CustomResourceDependencies

  static {
    throwAtCaller(this.prototype, customInputs)
  }

  constructor(name: string, access: CustomResourceDependencies) {
    this.name = name
    this.#access = access
  }

  get(name: NamespacedName): CustomObject<Output> {
    return this.#access
      .client()
      .get(this.#access.resource(), this.#access.keyOf(name)) as CustomObject<Output>
  }

  list(options?: ListQuery): ObjectList<CustomObject<Output>> {
    return this.#access.client().list(this.#access.resource(), this.#access.listing(options)) as ObjectList<
      CustomObject<Output>
    >
  }

  create(object: CustomInput<Input>, options?: WriteOptions): CustomObject<Output> {
    return this.#access
      .client()
      .create<string>(
        this.#access.resource(),
        this.#access.place(object),
        strictly(options),
      ) as CustomObject<Output>
  }

  update(object: CustomInput<Input>, options?: WriteOptions): CustomObject<Output> {
    return this.#access
      .client()
      .update<string>(
        this.#access.resource(),
        this.#access.place(object),
        strictly(options),
      ) as CustomObject<Output>
  }

  patch(name: NamespacedName, patch: Patch, options?: WriteOptions): CustomObject<Output> {
    const key = this.#access.keyOf(name)
    return this.#access
      .client()
      .patch(this.#access.resource(), key, patch, strictly(options)) as CustomObject<Output>
  }

  /** Reads an object, lets `recipe` change a draft of it and writes it back; repeats after a conflict. */
  edit(name: NamespacedName, recipe: (draft: Draft<CustomInput<Input>>) => void): CustomObject<Output> {
    return editObject(
      this.#access.client(),
      this.#access.resource(),
      this.#access.keyOf(name),
      recipe as (draft: Draft<KubeObject>) => void,
    ) as CustomObject<Output>
  }

  delete(name: NamespacedName, options?: DeletionOptions): CustomObject<Output> | Status {
    const key = this.#access.keyOf(name)
    return this.#access.client().delete(this.#access.resource(), key, options) as
      | CustomObject<Output>
      | Status
  }

  watch(options?: ListQuery): AsyncGenerator<WatchEvent<CustomObject<Output>>, void, undefined> {
    const watch = this.#access.client().watch(this.#access.resource(), this.#access.listing(options))
    return iterateWatch(watch) as AsyncGenerator<WatchEvent<CustomObject<Output>>, void, undefined>
  }
}
