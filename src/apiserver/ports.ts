import type { KindDefinition, KubeObject } from '../api/definition.js'
import type { UserInfo } from './client/client.js'
import type { NodeAgents } from './node-agent.js'
import type { ProxyNetwork } from './proxied.js'
import type { ApiRequest, Credentials, NonResourceRequest } from './request.js'

/** Finds out who sends a request. Answers undefined when the credentials are unknown (401). */
export interface Authenticator {
  authenticate(credentials: Credentials): UserInfo | undefined
  /**
   * Whose token it is, for TokenReview: the audiences are what the caller accepts (empty: those of the apiserver). Without it TokenReview
   * finds nobody.
   */
  reviewToken?(token: string, audiences: readonly string[]): TokenReviewed
  /** As {@link authenticate}, with why nobody was found, as the log of the apiserver says it. */
  explain?(credentials: Credentials): AuthenticationVerdict
  /** Whether a request that shows nothing is let in as `system:anonymous`. Default true. */
  readonly allowsAnonymous?: boolean
}

/** Who sends a request, or what is wrong with each thing that he shows. */
export interface AuthenticationVerdict {
  readonly user?: UserInfo
  readonly faults: readonly string[]
}

/** A client certificate that is to be trusted. `sha256` is the hash of its bytes in lower-case hex. */
export interface VerifiedCertificate {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly sha256: string
}

/** Verifies what TLS clients show. */
export interface CertificateVerifier {
  /**
   * Whom certificates (PEM, the leaf first) name at a virtual time, signed by the authority for clients or by that for front proxies; a text that
   * says why they are not to be trusted.
   */
  verify(chain: string, authority: 'client' | 'front proxy', now: number): VerifiedCertificate | string
}

/** What a token turned out to be. `error` is what a TokenReview says of a bad one. */
export interface TokenReviewed {
  readonly user?: UserInfo
  /** Those of the accepted audiences that the token is for. */
  readonly audiences?: readonly string[]
  readonly error?: string
}

/** Lets a request act as someone else (`Impersonate-*` headers); throws ApiError 403 when the user may not. */
export interface Impersonator {
  impersonate(user: UserInfo, request: ApiRequest | NonResourceRequest): UserInfo
}

/** A verdict of an authorizer. `reason` is put after the denial text. */
export interface Authorization {
  readonly allowed: boolean
  /** Whether it is refused for good: no further authorizer is asked. */
  readonly denied?: boolean
  readonly reason?: string
  /** Why the authorizer could not decide: a request that nobody else allows is answered with 500. */
  readonly error?: string
}

/** What is asked for when it is a resource: an {@link ApiRequest} has all of these. Absent means none. */
export interface ResourceAttributes {
  readonly verb: string
  /** '' for the core group. */
  readonly group: string
  readonly version?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Of a list, watch or deletecollection, as in the query. */
  readonly fieldSelector?: string
}

/** What is asked for when it is a path that is no resource. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

/** What an authorizer decides on. Source: apiserver pkg/authorization/authorizer/interfaces.go Attributes. */
export type AccessAttributes = ResourceAttributes | PathAttributes

/** Decides whether `user` may do that. Source: apiserver pkg/authorization/authorizer. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
}

/** One rule for resources that a user holds (SelfSubjectRulesReview). */
export interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** One rule for paths that a user holds. */
export interface NonResourceRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** What {@link RuleResolver} finds. `incomplete` when some authorizer cannot list its rules; `error` says why. */
export interface HeldRules {
  readonly resourceRules: readonly ResourceRule[]
  readonly nonResourceRules: readonly NonResourceRule[]
  readonly incomplete: boolean
  readonly error?: string
}

/** Lists what a user may do in a namespace. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): HeldRules
}

/** The stored objects, as authorizers and authenticators see them: no request, no history, always the present. */
export interface StoreView {
  /** Virtual milliseconds. */
  readonly now: () => number
  /** The stored object, or undefined. `resource` is a plural, with its group where need be (`leases.coordination.k8s.io`). */
  get<T extends KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined
  /** All stored objects of a resource, in key order. */
  list<T extends KubeObject>(resource: string): readonly T[]
  /** Those whose indexed field (`pods`: `spec.nodeName`) has that value, in key order. */
  withField<T extends KubeObject>(resource: string, field: string, value: string): readonly T[]
  /** Calls for every later change of a resource: `next` is absent on removal, `old` on creation. */
  onChange<T extends KubeObject>(resource: string, listener: (next: T | undefined, old: T | undefined) => void): void
}

/** The claims of a JWT, as its payload holds them. */
export type TokenClaims = Readonly<Record<string, unknown>>

/** Signs what the apiserver issues: service account tokens (JWT, RS256). No key is made before the first call. */
export interface Signer {
  /** A compact JWT (`header.payload.signature`) over these claims, signed with the service account key; the header names its `kid`. */
  signToken(claims: TokenClaims): string
  /**
   * The claims of a JWT that {@link signToken} made (or that another key of the service account issuer signed); undefined when the form
   * or the signature is wrong. Time, issuer and audience are the caller's business.
   */
  verifyToken(token: string): TokenClaims | undefined
  /** The public keys as a JSON Web Key Set (`/openid/v1/jwks`). */
  keySet?(): { readonly keys: readonly Readonly<Record<string, string>>[] }
}

/** Reads a protobuf body (`k8s\0`, runtime.Unknown, message) as the JSON that the same client would have sent. */
export interface ProtobufDecoder {
  /** Whether a kind has a protobuf form: those of custom resources have none. */
  knows(kind: { readonly group: string, readonly version: string, readonly kind: string }): boolean
  /**
   * Throws ProtobufError (api/protobuf) for bytes that are none. `fallback` is the kind by the URL, for bodies that name none. Of a kind
   * that it does not know it answers `apiVersion` and `kind` alone.
   */
  decode(bytes: Uint8Array, fallback: { readonly apiVersion: string, readonly kind: string }): Record<string, unknown>
}

/** How a part of the control plane is, as ComponentStatus tells it. */
export interface ComponentHealth {
  /** `scheduler`, `controller-manager`, `etcd-0` */
  readonly name: string
  readonly healthy: boolean
  /** What it answered (`ok`), or why it could not be asked. */
  readonly message: string
}

/** What is used now, as a metrics-server tells it. */
export interface UsageMetrics {
  /** NodeMetrics of the nodes that can be asked, in order. */
  nodes(): readonly KubeObject[]
  /** PodMetrics of the pods that have run long enough, in order; of one namespace or all. */
  pods(namespace: string | undefined): readonly KubeObject[]
}

/** What is put in place after the server was made, since it needs the server itself. */
export interface PluggedPorts {
  /** Without it nobody behind the apiserver can be reached. */
  proxy?: ProxyNetwork
  /** Behind the kinds of metrics.k8s.io, where they are served. */
  metrics?: UsageMetrics
}

/** What lies above the apiserver and is plugged into it. All but the authorizer may be missing. */
export interface ServerPorts {
  readonly authorizer: Authorizer
  readonly authenticator: Authenticator | undefined
  readonly impersonator: Impersonator | undefined
  readonly ruleResolver: RuleResolver | undefined
  readonly signer: Signer | undefined
  readonly nodeAgents: NodeAgents | undefined
  readonly plugged: PluggedPorts
  /** Asks the parts of the control plane how they are; without it all are well. */
  readonly componentHealth: (() => readonly ComponentHealth[]) | undefined
  /** What the storage of a kind itself checks against the user, after all admission plugins have mutated (RBAC's escalation check). */
  readonly guards: readonly AdmissionPlugin[]
}

/** What a plugin decides on: one write, after decoding and defaulting. */
export interface AdmissionAttributes<T extends KubeObject = KubeObject> {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly definition: KindDefinition
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /**
   * The object as it would be stored; undefined on DELETE. During `mutate` the object and its metadata are drafts; on UPDATE
   * deeper parts may be shared with the stored object and frozen, so replace them instead of writing to them.
   */
  readonly object: T | undefined
  /** The stored object on UPDATE and DELETE. */
  readonly old: T | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  /** Set in the second round, after webhooks have changed the object. */
  readonly isReinvocation?: boolean
  /** Adds a `Warning:` header to the answer. */
  readonly warn: (text: string) => void
  /** Adds an annotation to the audit event of the request; the first one of a key stays. */
  readonly annotate: (key: string, value: string) => void
}

/** What a plugin may look at: the present state of the store, virtual time and random draws of its own. */
export interface AdmissionContext {
  readonly now: number
  /** The stored object, or undefined. */
  get<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined
  /** The stored objects of a resource, of one namespace if it is named, in key order. */
  list<T extends KubeObject>(resource: string, namespace?: string): readonly T[]
  /** Writes a changed version of a stored object, past strategy and validation. */
  replace<T extends KubeObject>(resource: string, stored: T, next: T): void
  /** `length` random characters of the alphabet that generated names use. */
  suffix(length: number): string
  /** The resources of a kind; none when it is not served. */
  resourcesOf(group: string, version: string, kind: string): readonly { readonly resource: string, readonly namespaced: boolean }[]
  /** Whether a user may do something, as the server's authorizer sees it. */
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
}

/**
 * One admission plugin. All mutating phases run first, in order, then all validating phases. A plugin refuses by throwing
 * ApiError. `resources` names the resources (`pods`, `pods/binding`) that it wants to see; absent means all.
 * Source: apiserver pkg/admission/interfaces.go.
 */
export interface AdmissionPlugin {
  readonly name: string
  readonly resources?: readonly string[]
  /** The answer true asks for a second round of all mutating plugins, once, since the object has changed. */
  mutate?(attributes: AdmissionAttributes, context: AdmissionContext): boolean | void
  validate?(attributes: AdmissionAttributes, context: AdmissionContext): void
}

/** Lets everybody do everything: the default until RBAC is plugged in. */
export const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true }) }

/** All admission plugins as the registry calls them. */
export interface Admission {
  /** Runs the mutating phase on a draft. */
  mutate(attributes: AdmissionAttributes): void
  /** Runs the validating phase on the object as it will be stored. */
  validate(attributes: AdmissionAttributes): void
}
