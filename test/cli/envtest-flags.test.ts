import { describe, expect, test } from 'vitest'
import { apiserverFlags, LISTED_FLAGS } from '../../src/cli/envtest/apiserver-flags.js'
import { clusterOptions, portOf } from '../../src/cli/envtest/apiserver-options.js'
import { checkFeatureGates } from '../../src/cli/envtest/feature-flags.js'
import { flagOf, listOf } from '../../src/cli/envtest/program.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

function read(...argv: readonly string[]) {
  const notes: string[] = []
  const note = (line: string): void => void notes.push(line)
  const flags = apiserverFlags(argv, note)
  return { flags, notes, options: (environment = {}) => clusterOptions(flags, environment, note) }
}

describe('the flags of kube-apiserver', () => {
  test('come with one dash or two, with their value in the same word or in the next', () => {
    const { flags, notes } = read('--secure-port=1', '--bind-address', '::1', '-v=5', '--profiling')
    expect(['secure-port', 'bind-address', 'v', 'profiling'].map((name) => flagOf(flags, name))).toEqual([
      '1',
      '::1',
      '5',
      'true',
    ])
    expect(notes).toEqual([])
  })

  test('may be repeated, and lists may have commas', () => {
    const { flags } = read('--authorization-mode=Node,RBAC', '--authorization-mode=ABAC')
    expect(listOf(flags, 'authorization-mode')).toEqual(['Node', 'RBAC', 'ABAC'])
  })

  test.each([
    ['--no-such-flag', 'Error: unknown flag: --no-such-flag'],
    ['--insecure-port=8080', 'Error: unknown flag: --insecure-port'],
    ['--kubelet-https', 'Error: unknown flag: --kubelet-https'],
    ['stray', 'Error: kube-apiserver does not take any arguments, got ["stray"]'],
  ])('%s is refused as the real program does', (word, text) => {
    expect(() => read(word)).toThrow(text)
  })

  test('that act are known', () => {
    expect(read(...LISTED_FLAGS.map((name) => `--${name}=x`)).notes).toEqual([])
  })

  test('name the headers of front proxies, which count only with their authority', () => {
    const argv = ['--requestheader-username-headers=X-Login, X-User', '--requestheader-allowed-names=proxy']
    const optionOf = (...more: readonly string[]): unknown =>
      read(...argv, ...more).options().access?.authentication?.requestHeader
    expect(optionOf()).toBe(false)
    expect(optionOf('--requestheader-client-ca-file=/dev/null', '--requestheader-group-headers=')).toEqual({
      allowedNames: ['proxy'],
      usernameHeaders: ['X-Login', 'X-User'],
      uidHeaders: [],
      groupHeaders: [],
      extraHeaderPrefixes: [],
      clientCA: '',
    })
    expect(() => optionOf('--requestheader-group-headers=a,,b')).toThrow(
      'empty value in \\"requestheader-group-headers\\"',
    )
  })

  test('that have no effect are named', () => {
    expect(read('--goaway-chance=0', '--insecure-port=0').notes).toEqual([
      'simcluster kube-apiserver: --goaway-chance has no effect\n',
    ])
  })

  test.each([
    ['--authorization-mode=None', 'authorization-mode \\"None\\" is not a valid mode'],
    ['--authorization-mode=ABAC', 'requires an authorization policy file'],
    ['--authorization-mode=Webhook', "authorization-mode Webhook's authorization config file not passed"],
    ['--enable-admission-plugins=None', 'enable-admission-plugins plugin \\"None\\" is unknown'],
    ['--token-auth-file=/nowhere', 'open /nowhere: no such file or directory'],
    ['--feature-gates=X', '"command failed" err="missing bool value for X"'],
    ['--feature-gates=X=yes', 'invalid value of X=yes, err: strconv.ParseBool: parsing \\"yes\\"'],
    ['--feature-gates=Unknown=true', '"command failed" err="unrecognized feature gate: Unknown"'],
    // the release has removed it
    ['--feature-gates=IndexedJob=true', 'unrecognized feature gate: IndexedJob'],
    ['--feature-gates=kube:Unknown=true', 'unrecognized feature gate: Unknown'],
    ['--feature-gates=wardle:Banana=true', 'component not registered: wardle'],
    [
      '--feature-gates=SidecarContainers=false,RetryGenerateName=true',
      'cannot set feature gate SidecarContainers to false, feature is locked to true',
    ],
    ['--runtime-config=nobody.io/v1=true', 'unknown api groups nobody.io'],
    ['--runtime-config=api/all=false', 'invalid key with only api/all=false'],
    ['--oidc-client-id=me', 'oidc-issuer-url and oidc-client-id must be specified together'],
    ['--oidc-issuer-url=http://x', 'must be specified together when any oidc-* flags are set'],
    [
      '--service-account-issuer=:x',
      `service-account-issuer \\":x\\" contained a ':' but was not a valid URL`,
    ],
    ['--secure-port=0', 'must be between 1 and 65535, inclusive. It cannot be turned off with 0'],
    ['--secure-port=x', 'invalid argument "x" for "--secure-port" flag'],
  ])('%s is refused: %s', (word, text) => {
    expect(() => read(word).options()).toThrow(text)
  })

  test('are checked against the gates of the release', () => {
    const gates = (version: string, ...values: readonly string[]): readonly string[] => {
      const notes: string[] = []
      checkFeatureGates(new Map([['feature-gates', values]]), version, (line) => void notes.push(line))
      return notes
    }
    expect(() => gates('v1.34', 'GangScheduling=true')).toThrow('unrecognized feature gate: GangScheduling')
    expect(gates('v1.35', 'MemoryQoS=true')).toEqual([
      expect.stringContaining('MemoryQoS=true has no effect'),
    ])
    // it is on since v1.35
    expect(gates('v1.35', 'MaxUnavailableStatefulSet=true')).toEqual([])
    expect(gates('v1.34', 'MaxUnavailableStatefulSet=true')).toHaveLength(1)
    expect(() => gates('v1.30', 'Unknown=true')).toThrow(
      'Error: invalid argument "Unknown=true" for "--feature-gates" flag: unrecognized feature gate: Unknown',
    )
    expect(() => gates('v1.30', 'A=true,Unknown')).toThrow(
      'Error: invalid argument "A=true,Unknown" for "--feature-gates" flag: missing bool value for Unknown',
    )
  })

  test('name the issuers of service account tokens, and the audiences', () => {
    const issuers = ['--service-account-issuer=https://a', '--service-account-issuer=b']
    expect(read(...issuers, '--api-audiences=x,y').options().access?.authentication).toEqual({
      serviceAccountIssuers: ['https://a', 'b'],
      apiAudiences: ['x', 'y'],
      requestHeader: false,
    })
    expect(() => read(...issuers, '--service-account-issuer=b').options()).toThrow('is already specified')
  })

  test('make a cluster without controllers and without nodes', () => {
    const { options, notes } = read(
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount,EventRateLimit',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--secure-port=7443',
      '--advertise-address=192.0.2.1',
    )
    const made = options()
    expect(made).toMatchObject({
      nodes: 0,
      access: { authorization: ['RBAC'] },
      disable: expect.arrayContaining(['NodeRestriction', 'ServiceAccount']),
      kubeadm: { advertiseAddress: '192.0.2.1:7443' },
      network: { serviceCIDR: '10.0.0.0/24' },
    })
    expect(notes).toEqual([
      'simcluster kube-apiserver: --disable-admission-plugins=EventRateLimit has no effect\n',
    ])
    const cluster = new SimCluster(made)
    expect(cluster.list('serviceaccounts', { namespace: 'default' }).items).toEqual([])
    expect(cluster.get('services', 'kubernetes').spec.clusterIP).toBe('10.0.0.1')
  })

  test.each([
    ['10.0.0.0', 'service-cluster-ip-range[0] is not a valid cidr'],
    ['10.0.0.0/30', 'the service cluster IP range must be at least 8 IP addresses'],
    ['10.0.0.0/24,fd00', 'service-cluster-ip-range[1] is not an ip net'],
    ['10.0.0.0/24,10.1.0.0/24', 'service-cluster-ip-range[1] must be of different IP family'],
    ['10.0.0.0/24,fd00::/112,fd01::/112', 'must not contain more than two entries'],
  ])('refuse %s for Services as upstream does', (range, says) => {
    expect(() => read(`--service-cluster-ip-range=${range}`).options()).toThrow(says)
  })

  test('advertise an address of this machine instead of a loopback address', () => {
    const { options, flags } = read('--bind-address=127.0.0.1')
    expect(options().kubeadm?.advertiseAddress).not.toMatch(/^127\./)
    expect(portOf(flags)).toBe(6443)
  })

  test('switch API versions off, and name those that are not simulated', () => {
    const { options, notes } = read(
      '--runtime-config=batch/v1=false,autoscaling/v2=false,resource.k8s.io/v1beta1=true,api/beta=true',
      '--feature-gates=SidecarContainers=true,GenericWorkload=true,GangScheduling=true',
    )
    const made = options()
    expect(made.disable?.filter((name) => name.endsWith('/v1') || name.endsWith('/v2'))).toEqual([
      'batch/v1',
      'autoscaling/v2',
    ])
    expect(notes.map((line) => line.replace('simcluster kube-apiserver: ', ''))).toEqual([
      '--feature-gates=GenericWorkload=true has no effect\n',
      '--feature-gates=GangScheduling=true has no effect\n',
      'Setting GA feature gate SidecarContainers=true. It will be removed in a future release.\n',
      expect.stringMatching(
        /^--runtime-config=resource.k8s.io\/v1beta1=true: versions that are off by default/,
      ),
      expect.stringMatching(/^--runtime-config=api\/beta=true: /),
    ])
    const cluster = new SimCluster(made)
    const code = (path: string): number => cluster.http.handle({ method: 'GET', path }).code
    expect([code('/apis/batch/v1/jobs'), code('/apis/batch'), code('/apis/autoscaling/v1')]).toEqual([
      404, 404, 200,
    ])
    expect(cluster.kubectl('api-resources').stdout).not.toContain('cronjobs')
    const copy = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))
    expect(copy.http.handle({ method: 'GET', path: '/apis/batch/v1/jobs' }).code).toBe(404)
  })

  test('name an OpenID Connect provider, whose claims they map', () => {
    const { options } = read(
      '--oidc-issuer-url=https://issuer.test',
      '--oidc-client-id=tests',
      '--oidc-username-claim=email',
      '--oidc-groups-claim=groups',
      '--oidc-groups-prefix=oidc:',
      '--oidc-required-claim=hd=example.com',
    )
    expect(options().access?.authentication?.oidc).toMatchObject({
      issuer: 'https://issuer.test',
      clientID: 'tests',
      usernameClaim: 'email',
      groupsClaim: 'groups',
      groupsPrefix: 'oidc:',
      requiredClaims: { hd: 'example.com' },
    })
    const bad = read('--oidc-issuer-url=https://x', '--oidc-client-id=y', '--oidc-signing-algs=HS256')
    expect(() => bad.options()).toThrow('oidc: unsupported signing alg')
  })

  test('leave controllers to the environment', () => {
    const { options } = read()
    expect(options({ SIMCLUSTER_CONTROLLERS: 'all' })).toMatchObject({ nodes: 1 })
    expect(options({ SIMCLUSTER_CONTROLLERS: 'all' }).disable).toEqual(['NodeRestriction'])
    expect(options({ SIMCLUSTER_NODES: '3' }).nodes).toBe(3)
    expect(() => options({ SIMCLUSTER_CONTROLLERS: 'some' })).toThrow('write all or none')
  })
})
