import { describe, expect, test } from 'vitest'
import { apiserverFlags } from '../../src/cli/envtest/apiserver-flags.js'
import { clusterOptions, portOf } from '../../src/cli/envtest/apiserver-options.js'
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

  test('that have no effect are named', () => {
    expect(read('--goaway-chance=0', '--insecure-port=0').notes).toEqual([
      'simcluster kube-apiserver: --goaway-chance has no effect\n',
    ])
  })

  test.each([
    ['--authorization-mode=None', 'authorization-mode \\"None\\" is not a valid mode'],
    ['--authorization-mode=ABAC', 'requires an authorization policy file'],
    ['--authorization-mode=Webhook', '--authorization-mode=Webhook is not simulated'],
    ['--enable-admission-plugins=None', 'enable-admission-plugins plugin \\"None\\" is unknown'],
    ['--token-auth-file=/nowhere', 'open /nowhere: no such file or directory'],
    ['--secure-port=0', 'must be between 1 and 65535, inclusive. It cannot be turned off with 0'],
    ['--secure-port=x', 'invalid argument "x" for "--secure-port" flag'],
  ])('%s is refused: %s', (word, text) => {
    expect(() => read(word).options()).toThrow(text)
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
      authorization: ['RBAC'],
      admissionPlugins: { enable: [], disable: ['NodeRestriction', 'ServiceAccount'] },
      advertiseAddress: '192.0.2.1:7443',
      serviceCIDR: '10.0.0.0/24',
    })
    expect(notes).toEqual([
      'simcluster kube-apiserver: --disable-admission-plugins=EventRateLimit has no effect\n',
    ])
    const cluster = new SimCluster(made)
    expect(cluster.list('serviceaccounts', { namespace: 'default' }).items).toEqual([])
    expect(cluster.get('services', 'kubernetes').spec.clusterIP).toBe('10.0.0.1')
  })

  test('advertise an address of this machine instead of a loopback address', () => {
    const { options, flags } = read('--bind-address=127.0.0.1')
    expect(options().advertiseAddress).not.toMatch(/^127\./)
    expect(portOf(flags)).toBe(6443)
  })

  test('leave controllers to the environment', () => {
    const { options } = read()
    expect(options({ SIMCLUSTER_CONTROLLERS: 'all' })).toMatchObject({ nodes: 1 })
    expect(options({ SIMCLUSTER_CONTROLLERS: 'all' }).without).toBeUndefined()
    expect(options({ SIMCLUSTER_NODES: '3' }).nodes).toBe(3)
    expect(() => options({ SIMCLUSTER_CONTROLLERS: 'some' })).toThrow('write all or none')
  })
})
