import type { KubeObject } from '../api/definition.js'
import type { Draft } from '../api/draft.js'
import type { ObjectMetaInput } from '../api/meta/inputs.js'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectList,
  Patch,
  WatchEvent,
  WriteOptions,
} from '../client/client.js'
import type { Stored, UntypedInput } from '../client/resources.js'
import type { Status } from '../client/api-error.js'
import { editObject } from './edit.js'
import type { NamespacedName } from './object-name.js'
import { keyOfName } from './object-name.js'
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

/**
 * Reads and writes objects of one resource that has no type in this package, for example of a
 * CustomResourceDefinition. Names without a namespace are in the current one. All methods throw ApiError if the
 * server refuses, with reason `NotFound` as long as the resource is not served.
 */
export class CustomResource<Input, Output> {
  /** `widgets.example.com` */
  readonly name: string
  readonly #client: () => Client
  readonly #namespace: string
  readonly #listed: string | undefined

  constructor(name: string, client: () => Client, namespace: string, listed: string | undefined) {
    this.name = name
    this.#client = client
    this.#namespace = namespace
    this.#listed = listed
  }

  get(name: NamespacedName): CustomObject<Output> {
    return this.#client().get(this.name, keyOfName(name, this.#namespace)) as CustomObject<Output>
  }

  list(options: ListOptions = {}): ObjectList<CustomObject<Output>> {
    return this.#client().list(this.name, this.#inNamespace(options)) as ObjectList<CustomObject<Output>>
  }

  create(object: CustomInput<Input>, options?: WriteOptions): CustomObject<Output> {
    return this.#client().create<string>(this.name, this.#placed(object), options) as CustomObject<Output>
  }

  update(object: CustomInput<Input>, options?: WriteOptions): CustomObject<Output> {
    return this.#client().update<string>(this.name, this.#placed(object), options) as CustomObject<Output>
  }

  patch(name: NamespacedName, patch: Patch, options?: WriteOptions): CustomObject<Output> {
    const key = keyOfName(name, this.#namespace)
    return this.#client().patch(this.name, key, patch, options) as CustomObject<Output>
  }

  /** Reads an object, lets `recipe` change a draft of it and writes it back; repeats after a conflict. */
  edit(name: NamespacedName, recipe: (draft: Draft<CustomInput<Input>>) => void): CustomObject<Output> {
    return editObject(
      this.#client(),
      this.name,
      keyOfName(name, this.#namespace),
      recipe as (draft: Draft<KubeObject>) => void,
    ) as CustomObject<Output>
  }

  delete(name: NamespacedName, options?: DeleteOptions): CustomObject<Output> | Status {
    const key = keyOfName(name, this.#namespace)
    return this.#client().delete(this.name, key, options) as CustomObject<Output> | Status
  }

  watch(options: ListOptions = {}): AsyncGenerator<WatchEvent<CustomObject<Output>>, void, undefined> {
    const watch = this.#client().watch(this.name, this.#inNamespace(options))
    return iterateWatch(watch) as AsyncGenerator<WatchEvent<CustomObject<Output>>, void, undefined>
  }

  #placed(object: CustomInput<Input>): UntypedInput {
    const input = object as UntypedInput
    const { metadata } = input
    return { ...input, metadata: { ...metadata, namespace: metadata.namespace ?? this.#namespace } }
  }

  #inNamespace(options: ListOptions): ListOptions {
    return this.#listed === undefined ? options : { namespace: this.#listed, ...options }
  }
}
