import type { KubeObject } from '../api/kind/definition.js'
import type { ObjectMeta } from '../api/meta/generated.js'
import type { ObjectMetaInput } from '../api/meta/inputs.js'
import type {
  ClusterScopedResource,
  ResourceAliases,
  ResourceInputs,
  ResourceTypes,
} from './built-in-kinds.js'

/** Names of the built-in resources, plural as in URLs: `pods`, `networkpolicies`. */
export type BuiltInResource = keyof ResourceTypes

/** A name of a built-in resource, as kubectl knows it: `pods`, `pod` or `po`. */
export type BuiltInName = BuiltInResource | keyof ResourceAliases

/** A name of a custom resource, with its group: `widgets.example.com`. */
export type CustomName = `${string}.${string}`

/** The plural of a name: `pods` for `po`. */
export type PluralOf<R extends BuiltInName> = R extends keyof ResourceAliases
  ? ResourceAliases[R]
  : Extract<R, BuiltInResource>

/** Built-in resources that are namespaced. */
export type NamespacedResource = Exclude<BuiltInResource, ClusterScopedResource>

/**
 * A built-in resource name, or any other in kubectl's form (`widgets.example.com`), whose objects have the
 * type {@link KubeObject}, or one of their own: see {@link TypedName}.
 */
export type ResourceName = BuiltInResource | (string & {})

declare const objectType: unique symbol

/** The name of a custom resource that carries the type of its objects; `resourceName()` makes it. */
export type TypedName<T> = string & { readonly [objectType]: T }

/** Type of the objects that a resource returns. */
export type ObjectOf<R extends ResourceName> = R extends BuiltInResource
  ? StoredOf<R>
  : R extends TypedName<infer T>
    ? Stored<KubeObject> & Omit<T, keyof KubeObject>
    : Stored<KubeObject>

/** Input of a kind without a type here. */
export interface UntypedInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata?: ObjectMetaInput | undefined
  readonly [field: string]: unknown
}

/**
 * Type of the input of a resource. `apiVersion` and `kind` are optional, because the resource implies them.
 */
export type InputOf<R extends ResourceName> = R extends BuiltInResource
  ? ResourceInputs[R]
  : R extends TypedName<infer T>
    ? Omit<T, keyof KubeObject> & Pick<UntypedInput, keyof KubeObject>
    : UntypedInput | KubeObject

/** Metadata that the server sets on every object. */
export interface StoredMetadata extends ObjectMeta {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
}

/** An object that the server has returned: `T` with the metadata that the server sets. */
export type Stored<T extends KubeObject> = T & { readonly metadata: StoredMetadata }

/**
 * An object of a built-in resource that the server has returned; `namespace` is set if the resource is
 * namespaced.
 */
export type StoredOf<R extends BuiltInName> = ResourceTypes[PluralOf<R>] & {
  readonly metadata: StoredMetadata &
    (PluralOf<R> extends ClusterScopedResource
      ? { readonly namespace?: undefined }
      : { readonly namespace: string })
}
