import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { versionSkew } from '../../src/cluster/compose/versions-facet.js'
import { enforceVersionPolicies } from '../../src/host/kubeadm/policy.js'
import { allImages } from '../../src/cluster/kubeadm/images.js'
import recorded from '../fixtures/host/kubeadm.json' with { type: 'json' }

const transcript = (
  ...command: readonly string[]
): { readonly stdout: string; readonly stderr: string; readonly exit: number } => {
  const found = recorded.transcripts.find((each) => each.command.join(' ').startsWith(command.join(' ')))
  if (found === undefined) throw new Error(`nothing is recorded for ${command.join(' ')}`)
  return found
}

test('kubeadm says what the recorded one says', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, version: 'v1.34' }), 'master')
  expect(
    allImages('v1.34.9')
      .map((image) => `${image}\n`)
      .join(''),
  ).toBe(transcript('kubeadm', 'config', 'images', 'list').stdout)
  const unknown = transcript('kubeadm', 'certs', 'renew', 'nosuch')
  expect(await host.sh('kubeadm certs renew nosuch')).toMatchObject({
    stdout: '',
    stderr: unknown.stderr,
    exitCode: unknown.exit,
  })
  expect((await host.sh('kubeadm certs renew apiserver')).stdout).toContain(
    transcript('kubeadm', 'certs', 'renew', 'apiserver').stdout,
  )
  host.cluster.advance('1h')
  await host.sh('cd /etc/kubernetes; mkdir /root/away; mv *.conf /root/away')
  const table = (await host.sh('kubeadm certs check-expiration')).stdout.replace(/^\[.*\n\[.*\n\n/, '')
  // the recorded table has <date> where this one has dates of 22 characters
  expect(table.replaceAll(/\w{3} \d\d, \d{4} \d\d:\d\d UTC/g, '<date>')).toBe(
    transcript('kubeadm', 'certs', 'check-expiration').stdout,
  )
})

test('a certificate that is renewed is good for another year from then', async () => {
  const host = hostOf(new SimCluster({ nodes: 1 }), 'master')
  host.cluster.advance('2h')
  const ends = async (): Promise<string> =>
    (await host.sh('openssl x509 -enddate -noout -in /etc/kubernetes/pki/apiserver.crt')).stdout
  expect(await ends()).toBe('notAfter=Jan  1 00:00:00 2027 GMT\n')
  expect((await host.sh('kubeadm certs check-expiration | grep "^apiserver "')).stdout).toMatch(/364d/)
  await host.sh('kubeadm certs renew apiserver')
  expect(await ends()).toBe('notAfter=Jan  1 02:00:00 2027 GMT\n')
  expect(
    (await host.sh('openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt'))
      .stdout,
  ).toBe('/etc/kubernetes/pki/apiserver.crt: OK\n')
})

/** Cluster, kubeadm, target, kubelets: what is said. Source: facts of policy.go. */
const policies: readonly (readonly [
  cluster: string,
  kubeadm: string,
  target: string,
  kubelets: readonly string[],
  mandatory: readonly RegExp[],
  skippable: readonly RegExp[],
])[] = [
  ['v1.34.2', 'v1.35.0', 'v1.35.0', ['v1.34.2'], [], []],
  ['v1.35.0', 'v1.35.3', 'v1.35.3', ['v1.32.9'], [], []],
  [
    'v1.34.0',
    'v1.36.0',
    'v1.36.0',
    [],
    [/"v1.36.0" is too high; kubeadm can upgrade only 1 minor version at a time/],
    [],
  ],
  [
    'v1.35.0',
    'v1.35.0',
    'v1.36.0',
    [],
    [
      /"v1.36.0" is at least one minor release higher than the kubeadm minor release \(36 > 35\)\. Such an upgrade is not supported/,
    ],
    [],
  ],
  ['v1.35.0', 'v1.35.0', 'v1.33.0', [], [/downgrade to "v1.33.0" is too low/], []],
  [
    'v1.35.0',
    'v1.35.0',
    'v1.35.2',
    [],
    [],
    [/"v1.35.2" is higher than the kubeadm version "v1.35.0"\. Upgrade kubeadm first/],
  ],
  [
    'v1.34.0',
    'v1.35.0',
    'v1.34.3',
    [],
    [],
    [/Kubeadm version v1.35.0 can only be used to upgrade to Kubernetes version 1.35/],
  ],
  [
    'v1.34.0',
    'v1.35.0',
    'v1.35.0',
    ['v1.31.0', 'v1.34.0', 'v1.31.0'],
    [],
    [/kubelets in this cluster that are too old that have these versions \[v1.31.0\]/],
  ],
  ['v1.35.0', 'v1.35.9', 'v1.35.0-rc.0', [], [], [/unstable version/]],
]

test.each(policies)(
  'an upgrade of %s with kubeadm %s to %s',
  (cluster, kubeadm, target, kubelets, mandatory, skippable) => {
    const faults = enforceVersionPolicies({ cluster, kubeadm, target, kubelets })
    expect(faults).toEqual({
      mandatory: mandatory.map((text) => expect.stringMatching(text)),
      skippable: skippable.map((text) => expect.stringMatching(text)),
    })
  },
)

test(
  'who is out of step with the apiserver: three minors for kubelets today, two at the time of the ' +
    'course, one for the rest',
  () => {
    const of = (apiserver: string, kind: string, version: string): string | undefined =>
      versionSkew(apiserver, [{ kind, name: kind, version }])[0]?.rule
    expect(of('v1.35.0', 'kubelet', 'v1.32.0')).toBeUndefined()
    expect(of('v1.35.0', 'kubelet', 'v1.31.0')).toBe(
      'kubelet may be up to three minor versions older than kube-apiserver',
    )
    expect(of('v1.14.0', 'kubelet', 'v1.12.0')).toBeUndefined()
    expect(of('v1.14.0', 'kubelet', 'v1.11.0')).toBe(
      'kubelet may be up to two minor versions older than kube-apiserver',
    )
    expect(of('v1.35.0', 'kube-proxy', 'v1.36.0')).toBe('kube-proxy must not be newer than kube-apiserver')
    expect(of('v1.35.0', 'kube-scheduler', 'v1.33.0')).toBe(
      'kube-scheduler may be up to one minor version older than kube-apiserver',
    )
    expect(of('v1.35.0', 'kubectl', 'v1.36.0')).toBeUndefined()
    expect(of('v1.35.0', 'kubectl', 'v1.37.0')).toBe(
      'kubectl must be within one minor version of kube-apiserver',
    )
  },
)

test(
  'after the upgrade of the control plane what the new minor no longer serves is refused; what was ' +
    'there goes on',
  async () => {
    const host = hostOf(new SimCluster({ nodes: 2, version: 'v1.15' }), 'master')
    const old = `cat > d.yaml <<EOF
apiVersion: extensions/v1beta1
kind: Deployment
metadata: { name: NAME }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } } }
EOF
kubectl apply -f d.yaml`
    expect((await host.sh(old.replace('NAME', 'before'))).stdout).toBe(
      'deployment.extensions/before created\n',
    )
    host.cluster.settle()
    expect((await host.sh('kubeadm upgrade apply -y v1.16.2')).exitCode).toBe(1)
    expect(
      (await host.sh('apt-get install -y kubeadm=1.17.0-00; kubeadm upgrade apply -y v1.17.0')).stderr,
    ).toContain('is too high; kubeadm can upgrade only 1 minor version at a time')
    const done = await host.sh('apt-get install -y kubeadm=1.16.2-00; kubeadm upgrade apply -y v1.16.2')
    expect(done.stdout).toContain(
      '[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "v1.16.2".',
    )
    expect(host.cluster.version).toBe('v1.16')
    expect((await host.sh(old.replace('NAME', 'after'))).stderr).toContain(
      'no matches for kind "Deployment" in version "extensions/v1beta1"',
    )
    expect(
      (
        await host.sh('kubectl get deployments -o name; kubectl get pods --no-headers | wc -l')
      ).stdout.replaceAll(' ', ''),
    ).toBe('deployment.apps/before\n1\n')
    expect((await host.sh('crictl ps | grep -c v1.16.2; kubectl get nodes --no-headers')).stdout).toMatch(
      /^node-1 .*v1.15.0/m,
    )
  },
)

const workloads = fc.array(
  fc.record({
    kind: fc.constantFrom('Deployment', 'StatefulSet'),
    replicas: fc.integer({ min: 1, max: 4 }),
    disruption: fc.constantFrom({ maxUnavailable: 1 }, { minAvailable: '50%' }, { minAvailable: 1 }),
  }),
  { minLength: 1, maxLength: 3 },
)

test(
  'an upgrade node by node keeps every PodDisruptionBudget at every instant',
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(workloads, async (plans) => {
        const host = hostOf(new SimCluster({ nodes: 5, version: 'v1.34' }), 'master')
        const { cluster } = host
        plans.forEach(({ kind, replicas, disruption }, at) => {
          const app = `app-${at}`
          // what has a single replica may be left without it: nothing could ever be drained otherwise
          const spec =
            replicas === 1
              ? { maxUnavailable: 1 }
              : disruption.minAvailable === undefined
                ? disruption
                : replicas === 1
                  ? { maxUnavailable: 1 }
                  : disruption
          cluster.apply([
            {
              apiVersion: 'apps/v1',
              kind,
              metadata: { name: app },
              spec: {
                replicas,
                ...(kind === 'StatefulSet' ? { serviceName: app, podManagementPolicy: 'Parallel' } : {}),
                selector: { matchLabels: { app } },
                template: {
                  metadata: { labels: { app } },
                  spec: { containers: [{ name: 'c', image: 'nginx' }] },
                },
              },
            },
            {
              apiVersion: 'policy/v1',
              kind: 'PodDisruptionBudget',
              metadata: { name: app },
              spec: { ...spec, selector: { matchLabels: { app } } },
            },
          ])
        })
        cluster.settle()
        const broken: string[] = []
        const off = cluster.on('write', () => {
          for (const { metadata, status } of cluster.state.peek('poddisruptionbudgets')) {
            const ready = cluster.state
              .peek('pods', { labelSelector: `app=${metadata.name ?? ''}` })
              .filter(
                (pod) =>
                  pod.metadata.deletionTimestamp === undefined &&
                  pod.status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
              ).length
            if (ready < (status?.desiredHealthy ?? 0))
              broken.push(`${metadata.name ?? ''}: ${ready} of ${status?.desiredHealthy ?? 0}`)
          }
        })
        for (const { name } of cluster.nodes()) {
          const { stdout, exitCode } = await host.sh(`kubectl drain ${name} --ignore-daemonsets --timeout=10m
ssh ${name}
apt-get install -y --allow-change-held-packages kubelet=1.34.3-1.1
systemctl restart kubelet
exit
sleep 30; kubectl uncordon ${name}; kubectl get node ${name} --no-headers`)
          expect(exitCode).toBe(0)
          expect(stdout).toMatch(/ Ready .*v1\.34\.3\n$/)
        }
        off()
        expect(broken).toEqual([])
      }),
      { numRuns: 4 },
    )
  },
)
