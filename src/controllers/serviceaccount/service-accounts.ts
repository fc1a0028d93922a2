import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'

/** The account that every namespace has. */
const NAME = 'default'

/**
 * The service accounts controller: keeps a ServiceAccount `default` in every active namespace. Source:
 * pkg/controller/serviceaccount/serviceaccounts_controller.go.
 */
export function createServiceAccountController(): Component {
  return {
    name: controllerName('serviceaccount-controller'),
    identity: controllerIdentity('service-account-controller'),
    setup,
  }
}

function setup(host: ComponentHost): void {
  const namespaces = host.informer('namespaces')
  const accounts = host.informer('serviceaccounts', { fieldSelector: `metadata.name=${NAME}` })
  const queue = host.workQueue('namespaces', (name) => {
    if (namespaces.get(name)?.status.phase === 'Active' && !accounts.get(`${name}/${NAME}`))
      create(host, name)
    queue.forget(name)
  })
  namespaces.onChange(({ type, object }) => {
    if (type !== 'DELETED') queue.add(object.metadata.name as string)
  })
  accounts.onChange(({ type, object }) => {
    if (type === 'DELETED') queue.add(object.metadata.namespace as string)
  })
}

function create(host: ComponentHost, namespace: string): void {
  try {
    host.client.create('serviceaccounts', { metadata: { name: NAME, namespace } })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !refusesContent(error)) throw error
  }
}

/**
 * Whether a create was refused because the namespace is being deleted or is gone: nothing that a retry would
 * mend.
 */
export function refusesContent(error: unknown): boolean {
  if (!isApiError(error)) return false
  return (
    error.reason === 'NotFound' ||
    (error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false)
  )
}
