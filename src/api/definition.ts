import type { Draft } from './draft.js'
import type { FieldError } from './field-error.js'
import type { ObjectMeta } from './meta/generated.js'

/** Any Kubernetes object: what every kind has in common. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** The API verbs that discovery lists, in discovery's order. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/**
 * One column of a Table (`kubectl get`). `cell` answers what the server prints; `now` is virtual
 * milliseconds, needed for ages. Priority 0 is always shown, 1 only with `-o wide`. Source:
 * pkg/printers/internalversion/printers.go.
 */
export interface PrinterColumn<T extends KubeObject> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: 'name'
  readonly priority?: 0 | 1
  readonly cell: (object: T, now: number) => string | number | boolean | null
}

/**
 * What the registry may do with a kind: the k8s.io/apiserver `rest.*Strategy` of the kind, as data and pure
 * functions.
 */
export interface Strategy<T extends KubeObject> {
  /**
   * Clears what a client may not set on create (status, generation is set by the registry). `draft` is owned
   * by the caller.
   */
  readonly prepareForCreate?: (draft: Draft<T>) => void
  /** Resets what a write through the main endpoint may not change (for most kinds: status := old status). */
  readonly prepareForUpdate?: (draft: Draft<T>, old: T) => void
  /**
   * Present if the kind has a `/status` endpoint: resets all that a status write may not change (for most
   * kinds: spec, most of metadata). `now` is virtual milliseconds.
   */
  readonly prepareForStatusUpdate?: (draft: Draft<T>, old: T, now: number) => void
  /**
   * Paths that a write through an endpoint (`''`, `status`, `approval`) does not change, so that the writer
   * does not come to own them. Default: the status on the main endpoint of a kind that has `/status`, the
   * spec on `/status`.
   */
  readonly resetFields?: Readonly<Record<string, readonly (readonly string[])[]>>
  /** Validation of a status write; when absent, `validateUpdate` of the kind is used. */
  readonly validateStatusUpdate?: (next: T, old: T) => readonly FieldError[]
  /** True if the kind has metadata.generation: 1 on create, +1 when the answer is true (spec changed). */
  readonly generationChanged?: (next: T, old: T) => boolean
  /**
   * Objects are created in large numbers that are alike: their specs share what they have in common. Default
   * false.
   */
  readonly sharesSpecs?: boolean
  /** PUT on a missing name creates (facts 06 section 2). Default false. */
  readonly allowCreateOnUpdate?: boolean
  /** PUT without resourceVersion is unconditional. Default true. */
  readonly allowUnconditionalUpdate?: boolean
  /**
   * Graceful deletion: seconds of grace for this object, given what the request asked for (undefined =
   * nothing asked). 0 = remove at once. Absent for kinds without graceful deletion (all but Pod).
   */
  readonly gracePeriod?: (object: T, requested: number | undefined) => number
  /**
   * Default propagation when a DELETE names none: 'Background' unless the kind orphans (Job v1,
   * ReplicationController v1).
   */
  readonly defaultPropagation?: 'Background' | 'Orphan'
  /** `Warning:` text of a DELETE that names no propagation (Job v1). */
  readonly deletionWarning?: string
  /** `Warning:` texts for a create or update (`old` undefined on create), without the `299 - ` prefix. */
  readonly warnings?: (next: T, old: T | undefined) => readonly string[]
}

/** A subresource of a kind as discovery lists it (`pods/eviction` has kind Eviction of group policy). */
export interface SubresourceDefinition {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly verbs: readonly Verb[]
}

/**
 * Since which minor a version of a kind is deprecated, the first without it, and what to use instead
 * (`apps/v1 Deployment`).
 */
export interface Deprecation {
  readonly since: number
  readonly removed?: number
  readonly use?: string
  /** All that is said, where a CRD has words of its own. */
  readonly text?: string
}

/** For a version of a kind that etcd does not keep: the version that it does, and the way there and back. */
export interface StoredAs<T extends KubeObject> {
  readonly group: string
  readonly version: string
  /** The decoded and defaulted object in the stored version; the argument is not changed. */
  readonly encode: (object: T) => KubeObject
  /** A stored object in this version; frozen parts are shared. */
  readonly decode: (stored: KubeObject) => T
  /** What etcd keeps where a release does not serve that version. */
  readonly fallback?: StoredAs<T>
}

/** What only kinds of a CRD have: no strategic patches, a list kind of any name, scale by paths. */
export interface CustomDefinition {
  /** `WidgetList` */
  readonly listKind?: string
  /** Where `/scale` finds its numbers. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** The version's openAPIV3Schema, for OpenAPI and explain. */
  readonly schema: object
  /** Uid of the CRD. */
  readonly uid: string
  /** The CRD is being deleted: nothing new may be made. */
  readonly terminating: boolean
}

/** Groups whose kinds are validated by apimachinery's rules of metadata alone, not by core's. */
const GENERIC_GROUPS = new Set([
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'admissionregistration.k8s.io',
])

/**
 * Whether finalizers of a kind may have any qualified name; core's rules want a domain or one of the standard
 * ones.
 */
export function allowsAnyFinalizer({ custom, group }: Pick<KindDefinition, 'custom' | 'group'>): boolean {
  return custom !== undefined || GENERIC_GROUPS.has(group)
}

/**
 * Everything that is known of one kind in one API version; discovery, Tables, patches, apply and decoding
 * derive from it.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  /** Plural, as in URLs: `pods`. */
  readonly resource: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
  readonly subresources: readonly SubresourceDefinition[]
  /**
   * Where the objects lie in etcd: `/registry/pods` (nodes lie under `/registry/minions`, services under
   * `/registry/services/specs`).
   */
  readonly storagePrefix: string
  /** Name of the kind's message in the field tables of its group version. */
  readonly message: string
  /**
   * Every request to a deprecated version is answered with a `Warning:`. Source: k8s.io/apiserver
   * pkg/endpoints/deprecation.
   */
  readonly deprecated?: Deprecation
  /** Present when another version of the kind is what lies in etcd. */
  readonly stored?: StoredAs<T>
  /** Present for a kind that a CRD defines. */
  readonly custom?: CustomDefinition
  /** Fills in API defaults on a fresh draft (create, update and read of old versions). */
  readonly setDefaults?: (draft: Draft<T>) => void
  /**
   * Validation on create, without object metadata (the registry validates that): field errors in Kubernetes'
   * order.
   */
  readonly validate?: (object: T) => readonly FieldError[]
  /** Validation on update, without object metadata. When absent, `validate(next)` alone is used. */
  readonly validateUpdate?: (next: T, old: T) => readonly FieldError[]
  /**
   * Validates metadata.name; answers messages (default: DNS-1123 subdomain). `prefix` is true for
   * generateName.
   */
  readonly validateName?: (name: string, prefix: boolean) => readonly string[]
  readonly strategy: Strategy<T>
  readonly columns: readonly PrinterColumn<T>[]
  /** Order of the rows of a Table. Default: that of the list. */
  readonly compareRows?: (a: T, b: T) => number
  /** Field selectors besides metadata.name and metadata.namespace: label to value, '' when unset. */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>
}
