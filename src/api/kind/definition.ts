import type { Minor, Release } from '../releases.js'
import type { Draft } from './draft.js'
import type { FieldError } from '../field-error.js'
import type { ObjectMeta } from '../meta/generated.js'

/** Any Kubernetes object: the fields that every kind has. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
}

/** The API verbs that discovery lists, in discovery's order. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/**
 * One column of a Table (`kubectl get`). `cell` returns the server's value; `now` is virtual milliseconds,
 * for ages. Priority 0 is always shown, 1 only with `-o wide`. Source:
 * pkg/printers/internalversion/printers.go.
 */
export interface PrinterColumn<T extends KubeObject> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: 'name'
  readonly priority?: 0 | 1
  /** Whether only the rows of a Table have the column. Default false. */
  readonly undeclared?: boolean
  readonly cell: (object: T, now: number) => string | number | bigint | boolean | null
}

/** How often all rules of metadata and those for updates apply: see {@link Strategy.metaOnUpdate}. */
export type MetaOnUpdate = readonly [whole: number, update: number]

/** How the registry handles a kind: its `rest.*Strategy` of k8s.io/apiserver, as data and pure functions. */
export interface Strategy<T extends KubeObject> {
  /**
   * Clears the fields that a client cannot set on create, such as the status. (The registry sets the
   * generation.) The caller owns `draft`.
   */
  readonly prepareForCreate?: (draft: Draft<T>) => void
  /**
   * Resets the fields that a write through the main endpoint cannot change (for most kinds the status). `now`
   * is virtual milliseconds.
   */
  readonly prepareForUpdate?: (draft: Draft<T>, old: T, now: number) => void
  /**
   * Present if the kind has a `/status` endpoint: resets the fields that a status write cannot change (for
   * most kinds the spec and most of the metadata). `now` is virtual milliseconds.
   */
  readonly prepareForStatusUpdate?: (draft: Draft<T>, old: T, now: number) => void
  /**
   * Paths that a write through an endpoint (`''`, `status`, `approval`) cannot change, so that the writer
   * does not own them. Default: the status on the main endpoint of a kind that has `/status`, the spec on
   * `/status`.
   */
  readonly resetFields?: Readonly<Record<string, readonly (readonly string[])[]>>
  /**
   * Faults of an object (`old` undefined) or of a status write that depend on the labels of its namespace.
   * They come before the others. `labels` is called only if they matter.
   */
  readonly validateInNamespace?: (
    next: T,
    labels: () => Readonly<Record<string, string>>,
    old: T | undefined,
  ) => readonly FieldError[]
  /** Validation of a status write; when absent, `validateUpdate` of the kind is used. */
  readonly validateStatusUpdate?: (next: T, old: T) => readonly FieldError[]
  /**
   * How often the kind's own update validation applies the rules of metadata again: all of them
   * (ValidateObjectMeta) and those for updates (ValidateObjectMetaUpdate). Default: `[0, 1]`.
   */
  readonly metaOnUpdate?: MetaOnUpdate
  /**
   * Present if the kind has metadata.generation, which is 1 on create. Returns whether an update increments
   * it (the spec has changed).
   */
  readonly generationChanged?: (next: T, old: T) => boolean
  /** Whether a change counts even if all that changed is dropped as gated after that. Default false. */
  readonly generationCountsGated?: boolean
  /**
   * Whether new objects share the equal parts of their specs, for kinds with many similar objects. Default
   * false.
   */
  readonly sharesSpecs?: boolean
  /** After how many seconds an object expires, from its last write (`--event-ttl`). Default: never. */
  readonly timeToLive?: number
  /** Whether a PUT of a missing object creates it. Default false. */
  readonly allowCreateOnUpdate?: boolean
  /** Whether a PUT without resourceVersion is allowed, which is then unconditional. Default true. */
  readonly allowUnconditionalUpdate?: boolean
  /**
   * Returns the grace period of an object in seconds, given the requested one (undefined if none); 0 removes
   * it at once. Absent for kinds without graceful deletion (all but Pod).
   */
  readonly gracePeriod?: (object: T, requested: number | undefined) => number
  /**
   * Propagation policy of a DELETE that names none: Job v1 and ReplicationController v1 orphan, and the
   * garbage collector leaves Events alone. Default: 'Background'.
   */
  readonly defaultPropagation?: 'Background' | 'Orphan' | 'Unsupported'
  /** `Warning:` text of a DELETE without a propagation policy (Job v1). */
  readonly deletionWarning?: string
  /**
   * Returns the `Warning:` texts of a create or update (`old` is undefined on create), without the `299 - `
   * prefix.
   */
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
 * Deprecation of a version of a kind: since which minor, the first minor without it, and the replacement
 * (`apps/v1 Deployment`).
 */
export interface Deprecation {
  /** The minor that began to warn. */
  readonly since: Minor
  readonly use?: string
  /** The whole text, if a CRD sets its own. */
  readonly text?: string
}

/** Minors of Kubernetes: the first with something, and the first without it. Default: all. */
export interface ServedSpan {
  readonly since?: Minor
  readonly until?: Minor
}

/**
 * For a version of a kind that is not the stored one: the stored version, and the conversions to and from it.
 */
export interface StoredAs<T extends KubeObject> {
  readonly group: string
  readonly version: string
  /** Converts a decoded and defaulted object to the stored version. The argument is not changed. */
  readonly encode: (object: T) => KubeObject
  /** Converts a stored object to this version. Frozen parts are shared. */
  readonly decode: (stored: KubeObject) => T
  /** The stored version in releases that do not serve that version. */
  readonly fallback?: StoredAs<T>
}

/**
 * Properties of kinds of a CRD, which have no strategic patches, a list kind with any name, and scale by
 * paths.
 */
export interface CustomDefinition {
  /** `WidgetList` */
  readonly listKind?: string
  /** The paths of `/scale`. */
  readonly scale?: {
    readonly specReplicasPath: string
    readonly statusReplicasPath: string
    readonly labelSelectorPath?: string
  }
  /** The version's openAPIV3Schema, for OpenAPI and explain. */
  readonly schema: object
  /** Uid of the CRD. */
  readonly uid: string
  /** Whether the CRD is being deleted, so that no object can be created. */
  readonly terminating: boolean
}

/** Groups and kinds whose metadata is validated by apimachinery's rules alone, not by core's. */
const GENERIC = new Set([
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'admissionregistration.k8s.io',
  'node.k8s.io',
  '/Event',
  'policy/PodDisruptionBudget',
])

/**
 * Whether finalizers of a kind may have any qualified name. Core's rules require a domain or a standard name.
 */
export function allowsAnyFinalizer({
  custom,
  group,
  kind,
}: Pick<KindDefinition, 'custom' | 'group' | 'kind'>): boolean {
  return custom !== undefined || GENERIC.has(group) || GENERIC.has(`${group}/${kind}`)
}

/**
 * The definition of one kind in one API version, from which discovery, Tables, patches, apply and decoding
 * derive.
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
   * Prefix of the objects in etcd: `/registry/pods` (nodes: `/registry/minions`, services:
   * `/registry/services/specs`).
   */
  readonly storagePrefix: string
  /** Name of the kind's message in the field tables of its group version. */
  readonly message: string
  /** The minors that serve this version of the kind. Default: all. */
  readonly served?: ServedSpan
  /**
   * Every response for a deprecated version has a `Warning:`. Source: k8s.io/apiserver
   * pkg/endpoints/deprecation.
   */
  readonly deprecated?: Deprecation
  /** Present if another version of the kind is the stored one. */
  readonly stored?: StoredAs<T>
  /** Present for a kind that a CRD defines. */
  readonly custom?: CustomDefinition
  /** Sets API defaults on a fresh draft (on create, update, and read of old versions). */
  readonly setDefaults?: (draft: Draft<T>) => void
  /** Whether `setDefaults` sets parts of the metadata, so that a change of labels needs it. Default false. */
  readonly defaultsMetadata?: boolean
  /**
   * Validates an object on create, without its metadata, which the registry validates. Returns field errors
   * in Kubernetes' order.
   */
  readonly validate?: (object: T) => readonly FieldError[]
  /**
   * What an update validates again if `strategy.metaOnUpdate` says so, for kinds whose create is stricter.
   * Default: `validate`.
   */
  readonly validateWhole?: (object: T) => readonly FieldError[]
  /** Validates an update, without the metadata. Default: `validate(next)`. */
  readonly validateUpdate?: (next: T, old: T) => readonly FieldError[]
  /**
   * Validates metadata.name and returns the messages of its faults (default: DNS-1123 subdomain). `prefix` is
   * true for generateName. A few kinds derive the name from the object.
   */
  readonly validateName?: (name: string, prefix: boolean, object: T) => readonly string[]
  /** Whether a change of the spec can make the name wrong, which updates validate then. */
  readonly nameFollowsSpec?: boolean
  /**
   * Returns the kind as a release has it in which more than gated fields differ. Default: the same in all.
   */
  readonly inRelease?: (definition: KindDefinition<T>, release: Release) => KindDefinition<T>
  readonly strategy: Strategy<T>
  readonly columns: readonly PrinterColumn<T>[]
  /** Compares rows of a Table. Default: the order of the list. */
  readonly compareRows?: (a: T, b: T) => number
  /**
   * Field selectors besides metadata.name and metadata.namespace: functions that return the value, '' if
   * unset.
   */
  readonly selectableFields: Readonly<Record<string, (object: T) => string>>
}
