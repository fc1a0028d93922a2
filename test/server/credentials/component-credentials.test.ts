import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { SimCluster } from 'simcluster'
import { serve, type ClusterServer } from 'simcluster/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../src/disk/temporary-folder.js'
import { parseYamlText } from '../../../src/lang/yaml/read.js'

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[]
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[]
}

const decoded = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : Buffer.from(text, 'base64').toString()

/** Asks the server that a kubeconfig names who its user is. */
async function whoIs(path: string): Promise<string> {
  const { clusters, users } = parseYamlText(readFileSync(path, 'utf8')) as Kubeconfig
  const { server = '', 'certificate-authority-data': ca } = clusters[0]?.cluster ?? {}
  const user = users[0]?.user ?? {}
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(`${server}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: 'POST',
      ca: decoded(ca),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
      headers: {
        'content-type': 'application/json',
        ...(user['token'] === undefined ? {} : { authorization: `Bearer ${user['token']}` }),
      },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let body = ''
      response.on('data', (part: Buffer) => void (body += part.toString()))
      response.on('end', () => resolve(body))
    })
    sent.end('{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}')
  })
  const { userInfo } = (JSON.parse(text) as { status: { userInfo: { username: string; groups: string[] } } })
    .status
  return [userInfo.username, ...userInfo.groups.filter((group) => group !== 'system:authenticated')].join(' ')
}

const files = temporaryFolder('component-credentials')
let folder = ''
let runs = 0
let server: ClusterServer

beforeEach(async () => {
  folder = join(files.path, String(runs++))
  server = await serve(new SimCluster({ nodes: 2 }))
})
afterEach(() => server.close())

describe('the credentials of components', () => {
  test('are kubeconfigs with which each is who it says', async () => {
    server.cluster.settle()
    server.writeCredentials(folder)
    const names = readdirSync(folder).filter((name) => name.endsWith('.conf'))
    const users = await Promise.all(names.map(async (name) => `${name}: ${await whoIs(join(folder, name))}`))
    expect(users).toEqual([
      'admin.conf: kubernetes-admin system:masters',
      expect.stringMatching(
        /^bootstrap-kubelet.conf: system:bootstrap:[0-9a-f]{6} system:bootstrappers system:bootstrappers:kubeadm/,
      ),
      'controller-manager.conf: system:kube-controller-manager',
      'kube-proxy.conf: system:kube-proxy',
      'kubelet-node-1.conf: system:node:node-1 system:nodes',
      'kubelet-node-2.conf: system:node:node-2 system:nodes',
      'scheduler.conf: system:kube-scheduler',
    ])
  })

  test('lie beside the authorities and keys of the cluster, which only their owner can read', () => {
    server.writeCredentials(folder)
    const read = (name: string): string => readFileSync(join(folder, 'pki', name), 'utf8')
    for (const name of ['ca.crt', 'ca.key', 'sa.key', 'sa.pub', 'front-proxy-ca.crt', 'etcd/ca.key'])
      expect(read(name)).toBe(server.cluster.pki.read(`/etc/kubernetes/pki/${name}`))
    const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    const modes = all.map((entry) => statSync(join(entry.parentPath, entry.name)).mode & 0o077)
    expect(new Set(modes)).toEqual(new Set([0]))
  })

  test('may be written again, but not over files of others', () => {
    server.writeCredentials(folder)
    server.writeCredentials(folder)
    const other = join(files.path, 'etc-kubernetes')
    mkdirSync(join(other, 'pki'), { recursive: true })
    writeFileSync(join(other, 'pki', 'ca.key'), 'precious')
    expect(() => server.writeCredentials(other)).toThrow(
      `${other} has files that simcluster did not write; name another folder, or empty it`,
    )
    expect(readFileSync(join(other, 'pki', 'ca.key'), 'utf8')).toBe('precious')
  })
})
