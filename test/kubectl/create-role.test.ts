import { describe, expect, it } from 'vitest'
import { SimCluster } from 'simcluster'
import { createRequest } from '../../src/pki/index.js'

const cluster = new SimCluster({ nodes: 0 })
const create = (line: string): string => {
  const { stdout, stderr } = cluster.kubectl(`create ${line} --dry-run=client -o jsonpath={.rules}`)
  return stdout + stderr
}

describe('kubectl create role: verbs that mean something for some resources only', () => {
  it('impersonate is for what is no resource of the API', () => {
    expect(
      JSON.parse(
        create(
          'clusterrole a --verb=impersonate ' +
            '--resource=users,groups,userextras.authentication.k8s.io/scopes --resource-name=bob',
        ),
      ),
    ).toEqual([
      { verbs: ['impersonate'], apiGroups: [''], resources: ['users', 'groups'], resourceNames: ['bob'] },
      {
        verbs: ['impersonate'],
        apiGroups: ['authentication.k8s.io'],
        resources: ['userextras/scopes'],
        resourceNames: ['bob'],
      },
    ])
    expect(create('clusterrole a --verb=impersonate --resource=pods')).toBe(
      "error: can not perform 'impersonate' on 'pods' in group ''\n",
    )
  })

  // as kubectl 1.32 and 1.35 say
  it.each([
    ['approve', true, false],
    ['sign', true, false],
    ['attest', true, false],
    ['proxy', false, true],
    ['foo', true, true],
  ])('%s: create role warns %s, can-i warns %s', (verb, role, canI) => {
    const warned = create(`role a --verb=${verb} --resource=pods`)
    expect(warned.includes(`Warning: '${verb}' is not a standard resource verb`)).toBe(role)
    const { stderr } = cluster.kubectl(`auth can-i ${verb} pods`)
    expect(stderr.includes(`Warning: verb '${verb}' is not a known verb`)).toBe(canI)
  })

  it('bind and escalate are for roles', () => {
    expect(JSON.parse(create('role a --verb=get,escalate --resource=roles'))).toEqual([
      { verbs: ['get', 'escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] },
    ])
    expect(create('role a --verb=bind --resource=deploy')).toBe(
      "error: can not perform 'bind' on 'deployments' in group 'apps'\n",
    )
  })

  it('what the server does not have is refused with other verbs', () => {
    expect(create('role a --verb=get --resource=users')).toBe(
      'the server doesn\'t have a resource type "users"\n',
    )
    expect(create('clusterrole a --verb=sign --resource=signers.certificates.k8s.io')).toBe(
      "Warning: 'sign' is not a standard resource verb\n" +
        'the server doesn\'t have a resource type "signers" in group "certificates.k8s.io"\n',
    )
  })
})

it('kubectl describe csr tells the signer since requests have one', () => {
  const describeOne = (version: string): string => {
    const one = new SimCluster({ nodes: 0, version })
    one.create('certificatesigningrequests', {
      metadata: { name: 'a' },
      spec: {
        request: btoa(REQUEST),
        usages: ['client auth'],
        signerName: 'kubernetes.io/kube-apiserver-client',
      },
    })
    return one.kubectl('describe csr a').stdout
  }
  expect(describeOne('v1.14')).not.toContain('Signer:')
  expect(describeOne('v1.35')).toMatch(/^Signer: +kubernetes\.io\/kube-apiserver-client$/m)
})

const REQUEST = createRequest({ commonName: 'x' }, new SimCluster({ nodes: 0 }).pki.key('user/x'))
