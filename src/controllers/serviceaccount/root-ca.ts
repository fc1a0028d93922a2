import type { ConfigMap } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { refusesContent } from './service-accounts.js'

const NAME = 'kube-root-ca.crt'
const DESCRIPTION_KEY = 'kubernetes.io/description'
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints ' +
  'such as ' +
  'the internal service IP or kubernetes.default.svc. No other usage is guaranteed across ' +
  'distributions of Kubernetes clusters.'

/** What the publisher has to be told. */
export interface RootCaPublisherOptions {
  /** The cluster's CA certificates, PEM. */
  readonly rootCA: () => string
}

/**
 * The root CA publisher: keeps a ConfigMap `kube-root-ca.crt` with the cluster's CA in every active
 * namespace. Source: pkg/controller/certificates/rootcacertpublisher/publisher.go.
 */
export function createRootCaPublisher({ rootCA }: RootCaPublisherOptions): Component {
  return {
    name: controllerName('root-ca-certificate-publisher-controller'),
    identity: controllerIdentity('root-ca-cert-publisher'),
    setup: (host) => setUp(host, rootCA),
  }
}

function setUp(host: ComponentHost, rootCA: () => string): void {
  const namespaces = host.informer('namespaces')
  const published = host.informer('configmaps', { fieldSelector: `metadata.name=${NAME}` })
  const queue = host.workQueue('namespaces', (name) => {
    if (namespaces.get(name)?.status.phase === 'Active')
      publish(host, name, published.get(`${name}/${NAME}`), rootCA())
    queue.forget(name)
  })
  namespaces.onChange(({ type, object }) => {
    if (type !== 'DELETED' && object.status.phase === 'Active') queue.add(object.metadata.name as string)
  })
  published.onChange(({ type, object }) => {
    if (type !== 'ADDED') queue.add(object.metadata.namespace as string)
  })
}

function publish(host: ComponentHost, namespace: string, known: ConfigMap | undefined, rootCA: string): void {
  if (!known) return create(host, namespace, rootCA)
  if (isAsPublished(known, rootCA)) return
  const annotations = { ...known.metadata.annotations, [DESCRIPTION_KEY]: DESCRIPTION }
  host.client.update('configmaps', {
    ...known,
    metadata: { ...known.metadata, annotations },
    data: { 'ca.crt': rootCA },
  })
}

/** The data and the one annotation must match; a changed description is left alone. */
function isAsPublished({ data = {}, metadata }: ConfigMap, rootCA: string): boolean {
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
    if (!isApiError(error, 'AlreadyExists') && !refusesContent(error)) throw error
  }
}
