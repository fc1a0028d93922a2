import { proxyNames } from '../apiserver/authentication/request-header.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { SimCluster } from '../cluster/sim-cluster.js'

const NAME = { namespace: 'kube-system', name: 'extension-apiserver-authentication' } as const

/**
 * Publishes the authorities that the API server trusts, for servers and components that trust the same
 * clients: without this ConfigMap a real kube-controller-manager or metrics-server logs errors for ever.
 * `clientCA` are those beside the cluster's own. Source:
 * pkg/controlplane/controller/clusterauthenticationtrust.
 */
export function publishAuthorities(cluster: SimCluster, clientCA = ''): void {
  const { client, pki } = cluster
  const data = {
    'client-ca-file': pki.authority().pem + clientCA,
    'requestheader-allowed-names': JSON.stringify(proxyNames),
    'requestheader-client-ca-file': pki.authority('front-proxy-ca').pem,
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-username-headers': '["X-Remote-User"]',
  }
  const there = ignoreNotFound(() => client.get('configmaps', NAME))
  if (there === undefined) client.create('configmaps', { metadata: NAME, data })
  else if (Object.entries(data).some(([key, value]) => there.data?.[key] !== value))
    client.patch('configmaps', NAME, { type: 'merge', body: { data } })
}
