import type { ConfigMap } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { isNamespaceGone } from './service-accounts.js'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION_KEY = 'kubernetes.io/description'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints ' +
  'such as ' +
  'the internal service IP or kubernetes.default.svc. No other usage is guaranteed across ' +
  'distributions of Kubernetes clusters.'

/** Options of {@link createRootCaPublisher}. */
export interface RootCaPublisherOptions {
  /** Returns the cluster's CA certificates as PEM. */
  readonly rootCA: () => string
}

/**
 * Creates the root CA publisher, which maintains a ConfigMap `kube-root-ca.crt` with the cluster's CA in
 * every active namespace. Source: pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
export function createRootCaPublisher({ rootCA }: RootCaPublisherOptions): Component {
  return builtInController({
    name: controllerName('root-ca-certificate-publisher-controller'),
    identity: controllerIdentity('root-ca-cert-publisher'),
    informers: {
      namespaces: { resource: 'namespaces' },
      configMaps: { resource: 'configmaps', fieldSelector: `metadata.name=${NAME}` },
    },
    queue: { name: 'namespaces', waitsForSync: false },
    setup: ({ host, informers: { namespaces, configMaps } }) => ({
      on: {
        namespaces: ({ type, object }) =>
          type !== 'DELETED' && object.status.phase === 'Active' ? [keyOf(object)] : [],
        configMaps: ({ type, object }) => (type === 'ADDED' ? [] : [object.metadata.namespace as string]),
      },
      reconcile(name) {
        if (namespaces.get(name)?.status.phase !== 'Active') return
        publish(host, name, configMaps.get(`${name}/${NAME}`), rootCA())
      },
    }),
  })
}

function publish(host: ComponentHost, namespace: string, known: ConfigMap | undefined, rootCA: string): void {
  if (!known) return create(host, namespace, rootCA)
  if (isUpToDate(known, rootCA)) return
  const annotations = { ...known.metadata.annotations, [DESCRIPTION_KEY]: DESCRIPTION }
  host.client.update('configmaps', {
    ...known,
    metadata: { ...known.metadata, annotations },
    data: { 'ca.crt': rootCA },
  })
}

/** Whether data and annotation are present; a description that a user has changed is kept. */
function isUpToDate({ data = {}, metadata }: ConfigMap, rootCA: string): boolean {
  return (
    Object.keys(data).length === 1 &&
    data['ca.crt'] === rootCA &&
    Boolean(metadata.annotations?.[DESCRIPTION_KEY])
  )
}

function create(host: ComponentHost, namespace: string, rootCA: string): void {
  try {
    const metadata = { name: NAME, namespace, annotations: { [DESCRIPTION_KEY]: DESCRIPTION } }
    host.client.create('configmaps', { metadata, data: { 'ca.crt': rootCA } })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !isNamespaceGone(error)) throw error
  }
}
