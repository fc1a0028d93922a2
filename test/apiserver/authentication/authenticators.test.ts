import type { KubeObject } from '../../../src/api/kind/definition.js'
import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import { parseTokenFile } from '../../../src/apiserver/authentication/token-file.js'
import { createCertificate } from '../../../src/pki/index.js'
import { testKey } from '../../../src/pki/keys.js'

const DAY = 86_400_000
const key = testKey(2, 'client')

const clusterWith = (
  authentication: NonNullable<ClusterOptions['access']>['authentication'] = {},
): SimCluster =>
  new SimCluster({
    nodes: 0,
    disable: ['kube-controller-manager', 'kube-scheduler'],
    access: { authentication },
  })

/** A certificate of one of the cluster's authorities. */
function certificate(
  cluster: SimCluster,
  commonName: string,
  more: Partial<{
    organizations: string[]
    days: number
    from: number
    purpose: 'client auth' | 'server auth'
    authority: string
  }> = {},
): string {
  const {
    organizations = [],
    days = 1,
    from = cluster.now(),
    purpose = 'client auth',
    authority = 'ca',
  } = more
  return cluster.pki.sign(
    {
      subject: { commonName, organizations },
      notBefore: from,
      notAfter: from + days * DAY,
      keyUsages: ['digital signature'],
      purposes: [purpose],
    },
    key,
    authority,
  )
}

const bearer = (token: string): { headers: Readonly<Record<string, string>> } => ({
  headers: { authorization: `Bearer ${token}` },
})
const codeOf = (cluster: SimCluster, request: object): number =>
  cluster.http.handle({ method: 'GET', path: '/api/v1/nodes', ...request }).code

describe('client certificates', () => {
  test('say who one is, in virtual time, before any token', () => {
    const cluster = clusterWith()
    const shown = certificate(cluster, 'gasbugs', { organizations: ['boanproject'], days: 50 })
    const { user } = cluster.http.identify({ clientCertificates: shown })
    expect(user).toEqual({
      name: 'gasbugs',
      groups: ['boanproject', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)],
      },
    })
    expect(cluster.http.identify({ clientCertificates: shown, ...bearer('nonsense') }).user).toEqual(user)
    expect(codeOf(cluster, { clientCertificates: shown })).toBe(403)
    const later = cluster.fork().advance('51d')
    expect(later.http.identify({ clientCertificates: shown }).faults.at(-1)).toMatch(
      /^verifying certificate SN=\d+, SKID=, AKID=([0-9A-F]{2}:){19}[0-9A-F]{2} failed: x509: certificate has expired or is not yet valid: current time 2\S+Z is after 2\S+Z$/,
    )
    expect(codeOf(later, { clientCertificates: shown })).toBe(401)
    expect(cluster.http.identify({ clientCertificates: shown }).user).toEqual(user)
    expect(
      new SimCluster({ nodes: 0, version: 'v1.31' }).http.identify({ clientCertificates: shown }).user,
    ).toEqual({ name: 'gasbugs', groups: ['boanproject', 'system:authenticated'] })
  })

  test(
    'are refused when they are too young, for servers, of another authority, or broken; a token still ' +
      'helps',
    () => {
      const cluster = new SimCluster({ nodes: 0, users: [{ name: 'robot', token: 't' }] })
      const other = createCertificate(
        {
          subject: { commonName: 'x' },
          serial: 1n,
          notBefore: cluster.now() - DAY,
          notAfter: cluster.now() + DAY,
          keyUsages: [],
          purposes: ['client auth'],
        },
        key,
        { subject: { commonName: 'kubernetes' }, key },
      )
      const cases: readonly (readonly [string, string])[] = [
        [certificate(cluster, 'x', { from: cluster.now() + DAY }), 'is before'],
        [
          certificate(cluster, 'x', { purpose: 'server auth' }),
          'x509: certificate specifies an incompatible key usage',
        ],
        [
          certificate(cluster, 'x', { authority: 'etcd/ca' }),
          'x509: certificate signed by unknown authority',
        ],
        [other, 'x509: certificate signed by unknown authority'],
        ['nonsense', 'x509: malformed certificate'],
        ['', 'x509: malformed certificate'],
        ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'x509: malformed certificate'],
      ]
      for (const [clientCertificates, fault] of cases) {
        const verdict = cluster.http.identify({ clientCertificates })
        expect([verdict.user, verdict.faults.at(-1)]).toEqual([undefined, expect.stringContaining(fault)])
        expect(codeOf(cluster, { clientCertificates })).toBe(401)
        expect(cluster.http.identify({ clientCertificates, ...bearer('t') }).user?.name).toBe('robot')
      }
      const nobody = certificate(cluster, '', { organizations: ['system:masters'] })
      expect(cluster.http.identify({ clientCertificates: nobody }).user?.name).toBe('system:anonymous')
      cluster.pki.remove('/etc/kubernetes/pki/ca.crt')
      expect(
        cluster.http.identify({
          clientCertificates: certificate(cluster.fork(), 'x', { authority: 'etcd/ca' }),
        }).user,
      ).toBeUndefined()
    },
  )

  test('of a front proxy let it speak for others', () => {
    const cluster = clusterWith()
    const proxy = cluster.pki.read('/etc/kubernetes/pki/front-proxy-client.crt')
    const headers = {
      'x-remote-user': 'jane',
      'x-remote-group': ['dev', 'ops'],
      'x-remote-extra-acme.com%2Fproject': 'p',
      'x-remote-extra-scopes': ['a', 'b'],
    }
    expect(cluster.http.identify({ clientCertificates: proxy, headers }).user).toEqual({
      name: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
      extra: { 'acme.com/project': ['p'], scopes: ['a', 'b'] },
    })
    expect(cluster.http.identify({ clientCertificates: proxy }).user).toBeUndefined()
    expect(cluster.http.identify({ headers }).user?.name).toBe('system:anonymous')
    expect(
      cluster.http.identify({ clientCertificates: certificate(cluster, 'jim'), headers }).user?.name,
    ).toBe('jim')
    const impostor = certificate(cluster, 'other-proxy', { authority: 'front-proxy-ca' })
    expect(cluster.http.identify({ clientCertificates: impostor, headers }).faults[0]).toBe(
      'x509: subject with cn=other-proxy is not in the allowed list',
    )
  })

  test('name users in the headers that the options list, in the order of the list', () => {
    const requestHeader = {
      allowedNames: [],
      usernameHeaders: ['X-Login', 'X-Remote-User'],
      uidHeaders: ['X-Login-Id'],
      groupHeaders: ['X-Team', 'X-Unit'],
      extraHeaderPrefixes: ['X-More-', 'X-Also-'],
    }
    const cluster = clusterWith({ requestHeader })
    const clientCertificates = certificate(cluster, 'any-proxy', { authority: 'front-proxy-ca' })
    const headers = {
      'x-remote-user': 'jane',
      'x-login-id': ['', '7'],
      'x-team': ['dev', ''],
      'x-unit': 'ops',
      'x-also-acme.com%2fproject': 'q',
      'x-more-acme.com%2fproject': 'p',
      'x-remote-group': 'system:masters',
    }
    expect(cluster.http.identify({ clientCertificates, headers }).user).toEqual({
      name: 'jane',
      groups: ['dev', 'ops', 'system:authenticated'],
      extra: { 'acme.com/project': ['p', 'q'] },
    })
    const named = { ...headers, 'x-login': 'jim', 'x-login-id': '7' }
    expect(cluster.http.identify({ clientCertificates, headers: named }).user).toMatchObject({
      name: 'jim',
      uid: '7',
    })
  })
})

describe('tokens', () => {
  test('of a token file count from the next start of the apiserver on', () => {
    const path = '/etc/kubernetes/token.csv'
    const cluster = clusterWith({ tokenFile: path })
    expect(codeOf(cluster, bearer('abc'))).toBe(401)
    cluster.pki.write(path, 'abc,jane,7,"dev,system:masters"\n\nno,joe,8\n')
    expect(codeOf(cluster, bearer('abc'))).toBe(401)
    cluster.apiserver.stop().start()
    expect(cluster.http.identify(bearer('abc')).user).toEqual({
      name: 'jane',
      uid: '7',
      groups: ['dev', 'system:masters', 'system:authenticated'],
    })
    const fork = cluster.fork()
    cluster.pki.write(path, 'abc,joe,8\n')
    fork.apiserver.stop().start()
    expect(
      [cluster, fork, SimCluster.fromJSON(JSON.parse(JSON.stringify(fork)))].map((each) =>
        codeOf(each, bearer('abc')),
      ),
    ).toEqual([200, 200, 200])
    cluster.apiserver.stop().start()
    expect(cluster.http.identify(bearer('abc')).user?.name).toBe('joe')
  })

  test('in files: quoted fields, doubled tokens, too few columns', () => {
    expect(parseTokenFile('"a","x ""y""",1,"g,h",more\r\na,z,2\n,nobody,3\nb,w,,', 'f')).toEqual([
      { token: 'a', name: 'z', uid: '2' },
      { token: 'b', name: 'w' },
    ])
    expect(() => parseTokenFile('a,b\n', '/f')).toThrow(
      "token file '/f' must have at least 3 columns (token, user name, user uid), found 2",
    )
  })

  const encode = (value: object): string => btoa(JSON.stringify(value)).replaceAll('=', '')
  const jwt = (claims: object): string => `${encode({ alg: 'none' })}.${encode(claims)}.signature`

  test('of OpenID Connect: issuer, audience, time, names, groups, required claims', () => {
    const issuer = 'https://id.example.com'
    const base = {
      issuer,
      clientID: 'kube',
      verify: (token: string) =>
        token.endsWith('.signature')
          ? (JSON.parse(atob(token.split('.')[1] ?? '')) as Record<string, unknown>)
          : undefined,
    }
    const claims = { iss: issuer, aud: ['kube'], sub: 'jane', exp: 4_000_000_000 }
    const told = (more: object, options: object = {}): string => {
      const { user, faults } = clusterWith({ oidc: { ...base, ...options } }).http.identify(
        bearer(jwt({ ...claims, ...more })),
      )
      return user === undefined ? faults.join() : `${user.name} ${(user.groups ?? []).join()}`
    }
    expect(told({})).toBe(`${issuer}#jane system:authenticated`)
    expect(
      told({ groups: ['a', 'b'] }, { groupsClaim: 'groups', groupsPrefix: 'oidc:', usernamePrefix: '-' }),
    ).toBe('jane oidc:a,oidc:b,system:authenticated')
    expect(told({ groups: 'a', email: 'j@x' }, { groupsClaim: 'groups', usernameClaim: 'email' })).toBe(
      'j@x a,system:authenticated',
    )
    const bad = (text: string): string => `[invalid bearer token, ${text}]`
    expect(told({ email: 'j@x', email_verified: false }, { usernameClaim: 'email' })).toBe(
      bad('oidc: email not verified'),
    )
    expect(told({}, { usernameClaim: 'name' })).toBe(
      bad('oidc: parse username claims "name": claim not present'),
    )
    expect(told({ aud: 'else' })).toBe(bad('oidc: verify token: oidc: expected audience "kube" got ["else"]'))
    expect(told({ exp: 1 })).toBe(
      bad('oidc: verify token: oidc: token is expired (Token Expiry: 1970-01-01 00:00:01 +0000 UTC)'),
    )
    expect(told({ hd: 'a' }, { requiredClaims: { hd: 'b' } })).toBe(
      bad('oidc: required claim hd value does not match. Got = a, want = b'),
    )
    expect(told({}, { requiredClaims: { hd: 'b' } })).toBe(
      bad('oidc: required claim hd not present in ID token'),
    )
    expect(told({ iss: 'https://other' })).toBe('invalid bearer token')
    expect(clusterWith({ oidc: base }).http.identify(bearer(`${jwt(claims)}x`)).user).toBeUndefined()
  })

  test('of a webhook: its answer, its error, its audiences, its failure; TokenReview asks it, too', () => {
    const seen: unknown[] = []
    const cluster = clusterWith({
      webhook: (review) => {
        seen.push(review)
        const { token } = review.spec
        if (token === 'down') throw new Error('dial tcp: connection refused')
        if (token === 'bad') return { authenticated: false, error: 'no such session' }
        return {
          authenticated: token === 'good',
          user: { username: 'jane', uid: '7', groups: ['dev'], extra: { a: ['b'] } },
          audiences: ['vault', 'https://kubernetes.default.svc.cluster.local'],
        }
      },
    })
    expect(cluster.http.identify(bearer('good')).user).toEqual({
      name: 'jane',
      uid: '7',
      groups: ['dev', 'system:authenticated'],
      extra: { a: ['b'] },
    })
    expect(seen[0]).toEqual({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      spec: { token: 'good', audiences: ['https://kubernetes.default.svc.cluster.local'] },
    })
    expect(cluster.http.identify(bearer('bad')).faults).toEqual(['[invalid bearer token, no such session]'])
    expect(cluster.http.identify(bearer('down')).faults).toEqual([
      '[invalid bearer token, dial tcp: connection refused]',
    ])
    expect(codeOf(cluster, bearer('other'))).toBe(401)
    const review = cluster.client.create<string>('tokenreviews.authentication.k8s.io', {
      metadata: {},
      spec: { token: 'good', audiences: ['vault', 'x'] },
    }) as KubeObject & { status: object }
    expect(review.status).toMatchObject({
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'jane' },
    })
    const restored = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))
    expect(codeOf(restored, bearer('good'))).toBe(401)
  })

  test('of service accounts: the first issuer signs, all are accepted, audiences are checked', () => {
    const issuers = ['https://new.example', 'https://old.example']
    const cluster = clusterWith({ serviceAccountIssuers: issuers, apiAudiences: ['api', 'vault'] })
    cluster.create('serviceaccounts', { metadata: { name: 'robot', namespace: 'default' } })
    const ask = (path: string, body?: object): unknown => {
      const user = { name: 'admin', groups: ['system:masters'] }
      const sent = body === undefined ? { method: 'GET' } : { method: 'POST', body: JSON.stringify(body) }
      const response = cluster.http.handle({ path, user, ...sent })
      return 'body' in response ? JSON.parse(response.body) : undefined
    }
    const review = (kind: string, path: string, spec: object): unknown =>
      ask(path, { apiVersion: 'authentication.k8s.io/v1', kind, spec })
    const tokenFor = (audiences?: readonly string[]): string => {
      const path = '/api/v1/namespaces/default/serviceaccounts/robot/token'
      return (review('TokenRequest', path, { audiences }) as { status: { token: string } }).status.token
    }
    const token = tokenFor()
    const claims = JSON.parse(atob(token.split('.')[1] ?? '')) as Record<string, unknown>
    expect(claims).toMatchObject({ iss: 'https://new.example', aud: ['api', 'vault'] })
    const nameOf = (shown: string): string | undefined => cluster.http.identify(bearer(shown)).user?.name
    const robot = 'system:serviceaccount:default:robot'
    expect(nameOf(token)).toBe(robot)
    const signed = (iss: string): string => cluster.pki.tokens.signToken({ ...claims, iss })
    expect(nameOf(signed('https://old.example'))).toBe(robot)
    expect(nameOf(signed('https://kubernetes.default.svc.cluster.local'))).toBeUndefined()
    expect(nameOf(tokenFor(['elsewhere']))).toBeUndefined()
    const accepted = (audiences: readonly string[]): unknown =>
      review('TokenReview', '/apis/authentication.k8s.io/v1/tokenreviews', { token, audiences })
    expect(accepted(['vault', 'x'])).toMatchObject({ status: { authenticated: true, audiences: ['vault'] } })
    const why = 'token audiences ["api" "vault"] is invalid for the target audiences ["x"]'
    expect(accepted(['x'])).toMatchObject({ status: { error: `[invalid bearer token, ${why}]` } })
    expect(ask('/.well-known/openid-configuration')).toMatchObject({ issuer: 'https://new.example' })
  })

  test('nobody is anonymous where that is not allowed', () => {
    const cluster = clusterWith({ anonymous: false })
    expect([codeOf(cluster, {}), cluster.http.handle({ method: 'GET', path: '/healthz' }).code]).toEqual([
      401, 401,
    ])
    expect([
      codeOf(clusterWith(), {}),
      clusterWith().http.handle({ method: 'GET', path: '/healthz' }).code,
    ]).toEqual([403, 200])
  })
})
