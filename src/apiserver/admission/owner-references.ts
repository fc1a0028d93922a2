import { quote } from '../../lang/go/quote.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'
import type { Authorization } from '../authorization/authorizer.js'

/**
 * Requires the right to delete an object in order to change its owners, and the right to set an owner's
 * finalizers in order to block its deletion. Off by default. Source: plugin/pkg/admission/gc/gc_admission.go.
 */
export const ownerReferences: AdmissionPlugin = {
  name: 'OwnerReferencesPermissionEnforcement',
  validate: (attributes, context) => {
    const {
      operation,
      subresource,
      definition: { resource, group },
    } = attributes
    if (operation !== 'CREATE' && operation !== 'UPDATE') return
    // old kubelets overwrite them there, and the strategy restores them
    if (group === '' && resource === 'pods' && subresource === 'status') return
    const [next, old] = [ownersOf(attributes.object), ownersOf(attributes.old)]
    if (semanticEqual(next, old)) return
    checkDelete(attributes, context)
    for (const owner of next)
      if (owner.blockOwnerDeletion === true && !blocks(old, owner))
        checkFinalizers(attributes, context, owner)
  },
}

const ownersOf = (object: KubeObject | undefined): readonly OwnerReference[] =>
  object?.metadata?.ownerReferences ?? []

const blocks = (owners: readonly OwnerReference[], { uid }: OwnerReference): boolean =>
  owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true)

function checkDelete(attributes: AdmissionAttributes, context: AdmissionContext): void {
  const {
    definition: { group, version, resource },
    subresource,
    namespace,
    user,
  } = attributes
  const verdict = context.authorize(user, {
    verb: 'delete',
    group,
    version,
    resource,
    name: attributes.name,
    ...(subresource === '' ? {} : { subresource }),
    ...(namespace === '' ? {} : { namespace }),
  })
  if (!verdict.allowed)
    throw refuse(attributes, `cannot set an ownerRef on a resource you can't delete: ${told(verdict)}`)
}

function checkFinalizers(
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  { apiVersion, kind, name }: OwnerReference,
): void {
  const { group, version } = parseApiVersion(apiVersion)
  const resources = context.resourcesOf(group, version, kind)
  if (resources.length === 0) {
    const why =
      `cannot find RESTMapping for APIVersion ${apiVersion} Kind ${kind}: no matches for kind ` +
      `${quote(kind)} in version ${quote(apiVersion)}`
    throw refuse(attributes, `cannot set blockOwnerDeletion in this case because ${why}`)
  }
  for (const { resource, namespaced } of resources) {
    const { user, namespace } = attributes
    const verdict = context.authorize(user, {
      verb: 'update',
      group,
      version,
      resource,
      subresource: 'finalizers',
      name,
      ...(namespaced ? { namespace } : {}),
    })
    if (!verdict.allowed) {
      throw refuse(
        attributes,
        `cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set ` +
          `finalizers on: ${told(verdict)}`,
      )
    }
  }
}

/** Returns reason and error as Go prints them. */
const told = ({ reason = '', error = '<nil>' }: Authorization): string => `${reason}, ${error}`

const refuse = ({ definition, name }: AdmissionAttributes, why: string): Error =>
  forbidden(definition, name, why)
