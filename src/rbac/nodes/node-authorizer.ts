import { quote } from '../../lang/go/quote.js'
import type { PersistentVolume, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseFieldSelector } from '../../api/selectors/fields.js'
import type { PolicyRule } from '../../api/rbac/generated.js'
import { nodeNameOf } from '../../apiserver/authentication/node-identity.js'
import type { UserInfo } from '../../client/client.js'
import type {
  AccessAttributes,
  Authorization,
  Authorizer,
  HeldRules,
  ResourceAttributes,
  RuleResolver,
} from '../../apiserver/authorization/authorizer.js'
import type { StoreView } from '../../apiserver/storage/stored-objects.js'
import { ReferenceGraph } from './reference-graph.js'
import { ruleSetOf, ruleSetAllows } from '../rules.js'

const ALLOWED: Authorization = { allowed: true }
const NO_OPINION: Authorization = { allowed: false }
const LEASE_NAMESPACE = 'kube-node-lease'
const NO_RULES: HeldRules = { resourceRules: [], nonResourceRules: [], incomplete: false }

const no = (reason: string): Authorization => ({ allowed: false, reason })
const isOneOf = (verb: string, verbs: string): boolean => verbs.split(' ').includes(verb)

/** Options of the node authorizer. */
export interface NodeAuthorizerOptions {
  /**
   * Returns the rules of every node for resources that are not restricted by node: those of the ClusterRole
   * `system:node`.
   */
  readonly rules: () => readonly PolicyRule[]
  /** Whether nodes can read only their own Node and pods (AuthorizeNodeWithSelectors, on since v1.32). */
  readonly withSelectors: boolean
  /**
   * Whether nodes can get the service accounts of their pods
   * (KubeletServiceAccountTokenForCredentialProviders, on since v1.34).
   */
  readonly readsAccounts?: boolean
}

/**
 * Authorizes kubelets to read what the pods on their node refer to, and to write their own objects. Source:
 * plugin/pkg/auth/authorizer/node/node_authorizer.go.
 */
export class NodeAuthorizer implements Authorizer, RuleResolver {
  readonly #view: StoreView
  readonly #graph: ReferenceGraph
  readonly #options: NodeAuthorizerOptions

  constructor(view: StoreView, options: NodeAuthorizerOptions) {
    this.#view = view
    this.#graph = new ReferenceGraph(view)
    this.#options = options
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    const node = nodeNameOf(user)
    if (node === undefined) return NO_OPINION
    if (node === '') return no(`unknown node for user ${quote(user.name)}`)
    const special = 'path' in attributes ? undefined : this.#special(node, attributes)
    return special ?? this.#byRules(attributes)
  }

  rulesFor(user: UserInfo): HeldRules {
    if (nodeNameOf(user) === undefined) return NO_RULES
    return { ...NO_RULES, incomplete: true, error: 'node authorizer does not support user rule resolution' }
  }

  #byRules(attributes: AccessAttributes): Authorization {
    const { verb } = attributes
    const asked =
      'path' in attributes
        ? { verb, group: '', combined: '', subresource: '', name: '', path: attributes.path }
        : {
            verb,
            group: attributes.group,
            subresource: attributes.subresource ?? '',
            name: attributes.name ?? '',
            path: undefined,
            combined: attributes.subresource
              ? `${attributes.resource}/${attributes.subresource}`
              : attributes.resource,
          }
    return ruleSetAllows(ruleSetOf(this.#options.rules()), asked) ? ALLOWED : NO_OPINION
  }

  /** Decides for resources that are restricted by node; returns undefined for all others. */
  #special(node: string, attributes: ResourceAttributes): Authorization | undefined {
    const { group, resource, subresource = '' } = attributes
    switch (group === '' ? resource : `${resource}.${group}`) {
      case 'secrets':
      case 'configmaps':
        return this.#read(node, attributes)
      case 'persistentvolumeclaims':
        return subresource === 'status' ? this.#status(node, attributes) : this.#get(node, attributes)
      case 'persistentvolumes':
      case 'resourceclaims.resource.k8s.io':
      case 'volumeattachments.storage.k8s.io':
        return this.#get(node, attributes)
      case 'serviceaccounts':
        return this.#token(node, attributes)
      case 'leases.coordination.k8s.io':
        return lease(node, attributes)
      case 'csinodes.storage.k8s.io':
        return csiNode(node, attributes)
      case 'resourceslices.resource.k8s.io':
        return this.#slice(node, attributes)
      case 'nodes':
        return this.#options.withSelectors ? ownNode(node, attributes) : undefined
      case 'pods':
        return this.#options.withSelectors ? this.#pod(node, attributes) : undefined
      default:
        return undefined
    }
  }

  #read(node: string, attributes: ResourceAttributes): Authorization {
    if (!isOneOf(attributes.verb, 'get list watch')) return no('can only read resources of this type')
    if (attributes.subresource) return no('cannot read subresource')
    if (!attributes.namespace) return no('can only read namespaced object of this type')
    return this.#related(node, attributes)
  }

  #get(node: string, attributes: ResourceAttributes): Authorization {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type')
    if (attributes.subresource) return no('cannot get subresource')
    return this.#related(node, attributes)
  }

  #status(node: string, attributes: ResourceAttributes): Authorization {
    if (!isOneOf(attributes.verb, 'update patch')) return no('can only get/update/patch this type')
    return this.#related(node, attributes)
  }

  #token(node: string, attributes: ResourceAttributes): Authorization {
    if (attributes.verb === 'get' && !attributes.subresource && this.#options.readsAccounts === true)
      return this.#read(node, attributes)
    if (attributes.verb !== 'create' || !attributes.name)
      return no('can only create tokens for individual service accounts')
    if (attributes.subresource !== 'token') return no('can only create token subresource of serviceaccount')
    return this.#related(node, attributes)
  }

  #slice(node: string, attributes: ResourceAttributes): Authorization {
    const { verb, subresource } = attributes
    if (subresource) return no('cannot authorize ResourceSlice subresources')
    if (verb === 'create') return ALLOWED
    if (isOneOf(verb, 'get update patch delete')) return this.#related(node, attributes)
    if (!isOneOf(verb, 'watch list deletecollection')) {
      return no(
        'only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, ' +
          'patch, delete, deletecollection',
      )
    }
    return !this.#options.withSelectors || selects(attributes, 'spec.nodeName', node)
      ? ALLOWED
      : no('can only list/watch/deletecollection resourceslices with nodeName field selector')
  }

  #pod(node: string, attributes: ResourceAttributes): Authorization {
    const { verb, subresource = '', name } = attributes
    switch (subresource) {
      case '':
        if (verb === 'get') return this.#get(node, attributes)
        if (verb === 'create' || verb === 'delete') return ALLOWED
        if (verb !== 'list' && verb !== 'watch') return NO_OPINION
        if (selects(attributes, 'spec.nodeName', node)) return ALLOWED
        return name
          ? this.#related(node, attributes)
          : no('can only list/watch pods with spec.nodeName field selector')
      case 'status':
        return isOneOf(verb, 'update patch') ? ALLOWED : NO_OPINION
      case 'eviction':
        return verb === 'create' ? ALLOWED : NO_OPINION
      default:
        return NO_OPINION
    }
  }

  #related(node: string, { resource, namespace = '', name = '' }: ResourceAttributes): Authorization {
    if (name === '') return no('No Object name found')
    return this.#isRelated(node, resource, namespace, name)
      ? ALLOWED
      : no(`no relationship found between node '${node}' and this object`)
  }

  /** Returns whether an object is referenced, directly or indirectly, by a pod bound to the node. */
  #isRelated(node: string, resource: string, namespace: string, name: string): boolean {
    const view = this.#view
    const graph = this.#graph
    switch (resource) {
      case 'pods':
        return view.get<Pod>('pods', namespace, name)?.spec.nodeName === node
      case 'volumeattachments':
      case 'resourceslices': {
        const object = view.get<KubeObject & { readonly spec?: { readonly nodeName?: string } }>(
          resource,
          undefined,
          name,
        )
        return object?.spec?.nodeName === node
      }
      case 'persistentvolumes': {
        const claim = view.get<PersistentVolume>('persistentvolumes', undefined, name)?.spec?.claimRef
        return (
          claim?.name !== undefined &&
          graph.isUsed(node, 'persistentvolumeclaims', claim.namespace ?? '', claim.name)
        )
      }
      case 'secrets':
        return graph.isUsed(node, resource, namespace, name) || graph.isSecretOfVolume(node, namespace, name)
      default:
        return graph.isUsed(node, resource, namespace, name)
    }
  }
}

function selects({ fieldSelector }: ResourceAttributes, field: string, value: string): boolean {
  if (fieldSelector === undefined || fieldSelector === '') return false
  try {
    return parseFieldSelector(fieldSelector).some(
      (term) => term.field === field && term.operator === '=' && term.value === value,
    )
  } catch {
    return false // the list request itself will report the error
  }
}

function lease(node: string, { verb, namespace, name }: ResourceAttributes): Authorization {
  if (!isOneOf(verb, 'get create update patch delete'))
    return no('can only get, create, update, patch, or delete a node lease')
  if (namespace !== LEASE_NAMESPACE)
    return no(`can only access leases in the "${LEASE_NAMESPACE}" system namespace`)
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node')
  return ALLOWED
}

function csiNode(node: string, { verb, subresource, name }: ResourceAttributes): Authorization {
  if (!isOneOf(verb, 'get create update patch delete'))
    return no('can only get, create, update, patch, or delete a CSINode')
  if (subresource) return no('cannot authorize CSINode subresources')
  if (verb !== 'create' && name !== node)
    return no('can only access CSINode with the same name as the requesting node')
  return ALLOWED
}

function ownNode(node: string, { verb, subresource = '', name = '' }: ResourceAttributes): Authorization {
  if (subresource === 'status') return isOneOf(verb, 'update patch') ? ALLOWED : NO_OPINION
  if (subresource !== '') return NO_OPINION
  if (isOneOf(verb, 'create update patch')) return ALLOWED
  if (!isOneOf(verb, 'get list watch')) return NO_OPINION
  if (name === node) return ALLOWED
  return no(
    name === ''
      ? `node '${node}' cannot read all nodes, only its own Node object`
      : `node '${node}' cannot read '${name}', only its own Node object`,
  )
}
