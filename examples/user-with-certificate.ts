/**
 * The course's exercise on accounts: john joins Dev1. He makes a key and asks for a certificate, an
 * administrator approves it, and a Role lets him work in namespace dev1, and nowhere else. Run it with `npx
 * tsx examples/user-with-certificate.ts`.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { SimCluster } from 'simcluster'
import type { KubectlResult } from 'simcluster'

/** A user whom a cluster knows by his certificate. */
export interface CertifiedUser {
  /** PEM. */
  readonly certificate: string
  /** Runs kubectl as him. */
  readonly kubectl: (line: string) => KubectlResult
}

/**
 * What the user has made, as PEM: a key, which stays with him, and a request (PKCS #10) with its public half.
 */
export interface Application {
  readonly key: string
  readonly request: string
}

/** An administrator approves the request; the controller manager signs it. */
export function approve(cluster: SimCluster, name: string, { key, request }: Application): CertifiedUser {
  const certificates = 'certificates.k8s.io/v1'
  const spec = {
    request: btoa(request),
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
  } as const
  cluster.apply([{ apiVersion: certificates, kind: 'CertificateSigningRequest', metadata: { name }, spec }])
  cluster.kubectl(`certificate approve ${name}`)
  cluster.settle()
  const certificate = atob(cluster.kubectl(`get csr ${name} -o jsonpath={.status.certificate}`).stdout)
  const config = cluster.pki
    .read('/etc/kubernetes/admin.conf')
    .replace(/^ {4}client-certificate-data: .*$/m, `    client-certificate-data: ${btoa(certificate)}`)
    .replace(/^ {4}client-key-data: .*$/m, `    client-key-data: ${btoa(key)}`)
  return { certificate, kubectl: (line) => cluster.kubectl(line, { files: { '~/.kube/config': config } }) }
}

/** Lets a user work with what runs in a namespace. */
export function letWorkIn(cluster: SimCluster, namespace: string, user: string): void {
  cluster.kubectl(`create namespace ${namespace}`)
  cluster.settle()
  cluster.kubectl(
    `create role worker -n ${namespace} --verb=get,list,watch,create,update,patch,delete ` +
      '--resource=pods,deployments.apps,replicasets.apps',
  )
  cluster.kubectl(`create rolebinding ${user}-works -n ${namespace} --role=worker --user=${user}`)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { createRequest, privateKeyPem } = await import('../src/pki/index.js')
  const cluster = new SimCluster({ nodes: 1 })
  const key = cluster.pki.key('user/john')
  const john = approve(cluster, 'john', {
    key: privateKeyPem(key),
    request: createRequest({ commonName: 'john', organizations: ['Dev1'] }, key),
  })
  console.log(john.kubectl('get pods -n dev1').terminal)
  letWorkIn(cluster, 'dev1', 'john')
  for (const line of [
    'create deployment web -n dev1 --image=nginx',
    'get deployments -n dev1',
    'get pods -n default',
  ])
    console.log(`$ kubectl ${line}\n${john.kubectl(line).terminal}`)
}
