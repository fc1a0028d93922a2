import { NotFoundError, SimCluster } from 'simcluster'
import { toSvg, toText, viewOfHandshake, viewOfPeers } from 'simcluster/view'
import { beforeAll, describe, expect, test } from 'vitest'

const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - podSelector: { matchLabels: { app: web } }
          namespaceSelector: { matchLabels: { team: front } }
        - podSelector: { matchLabels: { app: api } }
        - ipBlock: { cidr: 10.0.0.0/8, except: [10.1.0.0/16] }
    - ports: [{ port: 80 }]
`

describe('from and to of a policy', () => {
  let cluster: SimCluster
  beforeAll(() => {
    cluster = new SimCluster({ nodes: 1 })
    for (const name of ['shop', 'front'])
      cluster.create('namespaces', { metadata: { name, labels: { team: name } } })
    cluster.settle()
    for (const [namespace, app] of [
      ['shop', 'api'],
      ['shop', 'web'],
      ['front', 'web'],
    ] as const)
      cluster
        .in(namespace)
        .create('pods', {
          metadata: { name: app, labels: { app } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        })
    cluster.apply(POLICY)
    cluster.settle()
  })

  test('what stands in one item must all match, and one of several items is enough', () => {
    expect(toText(viewOfPeers(cluster, 'shop/db'))).toMatchInlineSnapshot(`
      "NetworkPolicy shop/db: who matches?
      ingress from
        -> rule 0
          -> one item: both must match
             pods with app=web
             of namespaces with team=front
            -> pods that match: 1
               front/web
          -> or another item: one is enough
             pods with app=api
             of the namespace shop
            -> pods that match: 1
               shop/api
          -> or another item: one is enough
             addresses 10.0.0.0/8
             except 10.1.0.0/16
        -> rule 1
           ✓ everyone
      egress to
      ✗ has no rule"
    `)
  })

  test('are said in Korean, and every kind has its icon', () => {
    const view = viewOfPeers(cluster, 'shop/db')
    const text = toText(view, { lang: 'ko' })
    expect(text).toMatch(
      /모두 만족해야 함\(AND\)[^]*레이블이 team=front인 네임스페이스[^]*하나만 만족하면 됨\(OR\)/,
    )
    expect(toSvg(view)).toMatch(/<svg class="icon"[^>]*><title>NetworkPolicy<\/title>/)
  })

  test('a policy that does not exist is told, with the one that was meant', () => {
    expect(() => viewOfPeers(cluster, 'shop/bd')).toThrow(NotFoundError)
    expect(() => viewOfPeers(cluster, 'shop/bd')).toThrow('did you mean shop/db?')
  })
})

describe('the handshake of a TLS connection', () => {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1 })

  test('tells who presents what, who signed it, and who verifies it', () => {
    expect(toText(viewOfHandshake(cluster, { from: 'kube-scheduler' }))).toMatchInlineSnapshot(`
      "TLS from kube-scheduler to kube-apiserver: who presents what, and who verifies it?
      1. ClientHello
         kube-scheduler -> kube-apiserver
      2. kube-apiserver presents its certificate
         CN=kube-apiserver
         pki/apiserver.crt
         DNS:control-plane, DNS:kubernetes, DNS:kubernetes.default
         valid until 2027-01-01
        -> signed by CN=kubernetes
           pki/ca.crt
      3. kube-scheduler verifies it
         with the authority kubernetes (certificate-authority-data)
         ✓ trusted
      4. kube-scheduler presents its certificate
         CN=system:kube-scheduler
         scheduler.conf
         valid until 2027-01-01
        -> signed by CN=kubernetes
           pki/ca.crt
      5. kube-apiserver verifies it
         with the authority kubernetes (--client-ca-file)
         ✓ trusted
      6. kube-apiserver knows the client as
         User system:kube-scheduler"
    `)
  })

  test('with etcd has its own authority, and no user of Kubernetes', () => {
    const text = toText(viewOfHandshake(cluster, { from: 'kube-apiserver', to: 'etcd' }))
    expect(text).toMatch(
      /signed by CN=etcd-ca[^]*--etcd-cafile[^]*kube-apiserver-etcd-client[^]*--trusted-ca-file/,
    )
    expect(text).not.toContain('Group')
  })

  test('ends where a certificate has expired', () => {
    const later = cluster.fork().advance('9000h')
    const text = toText(viewOfHandshake(later, { from: 'kubectl' }))
    expect(text).toMatch(/✗ expired 2027-\S+[^]*kubectl verifies it[^]*✗ a certificate has expired$/)
    expect(toText(viewOfHandshake(later, { from: 'kubectl' }), { lang: 'ko' })).toContain('✗ 인증서가 만료됨')
  })

  test('of nobody who has a certificate is told, with those who have one', () => {
    expect(() => viewOfHandshake(cluster, { from: 'kube-schedular' })).toThrow('did you mean kube-scheduler?')
  })
})
