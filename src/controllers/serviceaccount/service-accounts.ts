import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'

/** Name of the account that every namespace has. */
const NAME = 'default'

/**
 * Creates the service accounts controller, which maintains a ServiceAccount `default` in every active
 * namespace. Source: pkg/controller/serviceaccount/serviceaccounts_controller.go.
 */
export function createServiceAccountController(): Component {
  return builtInController({
    name: controllerName('serviceaccount-controller'),
    identity: controllerIdentity('service-account-controller'),
    informers: {
      namespaces: { resource: 'namespaces' },
      accounts: { resource: 'serviceaccounts', fieldSelector: `metadata.name=${NAME}` },
    },
    queue: { name: 'namespaces', waitsForSync: false },
    setup: ({ host, informers: { namespaces, accounts } }) => ({
      on: {
        namespaces: ({ type, object }) => (type === 'DELETED' ? [] : [keyOf(object)]),
        accounts: ({ type, object }) => (type === 'DELETED' ? [object.metadata.namespace as string] : []),
      },
      reconcile(name) {
        if (namespaces.get(name)?.status.phase === 'Active' && !accounts.get(`${name}/${NAME}`))
          create(host, name)
      },
    }),
  })
}

function create(host: ComponentHost, namespace: string): void {
  try {
    host.client.create('serviceaccounts', { metadata: { name: NAME, namespace } })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !isNamespaceGone(error)) throw error
  }
}

/**
 * Whether a create failed because its namespace is deleted or being deleted, so that a retry cannot succeed.
 */
export function isNamespaceGone(error: unknown): boolean {
  if (!isApiError(error)) return false
  return (
    error.reason === 'NotFound' ||
    (error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
  )
}
