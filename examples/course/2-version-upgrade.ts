import { SimCluster } from 'simcluster'
import type { Chapter } from './terminal.js'
import { file } from './terminal.js'

/** From which patch to which, by the version of the control plane. */
const STEPS: Readonly<
  Record<
    string,
    {
      readonly before: string
      readonly after: string
      readonly next: string
      readonly tooFar: string
      readonly end: string
    }
  >
> = {
  'v1.14': { before: '1.13.0', after: '1.14.0', next: '1.15.0', tooFar: '1.16.0', end: '-00' },
  'v1.35': { before: '1.34.0', after: '1.35.0', next: '1.36.0', tooFar: '1.37.0', end: '-1.1' },
}
const stepOf = (version: string): NonNullable<(typeof STEPS)[string]> =>
  STEPS[version] ?? { before: '1.34.0', after: '1.35.0', next: '1.36.0', tooFar: '1.37.0', end: '-1.1' }

const install = (packages: string, isOld: boolean): string =>
  isOld ? `apt-get upgrade -y ${packages}` : `apt-get install -y --allow-change-held-packages ${packages}`

export const versionUpgrade: Chapter = {
  number: 2,
  title: 'Version upgrade',
  begin: (version, options) =>
    new SimCluster({
      ...options,
      version,
      nodes: [{ name: 'node-1', kubeletVersion: `v${stepOf(version).before}` }, { name: 'node-2' }],
    }),
  rows: [
    {
      id: 'V1',
      title: 'version numbers',
      play: async (t) => {
        await t.type('kubeadm version -o short')
        t.say(
          `feature gates: ${t.cluster.release
            .featureGates()
            .map(({ name, stage, enabled }) => `${name}=${enabled} (${stage})`)
            .join(', ')}`,
        )
      },
    },
    {
      id: 'V2',
      title: 'what shares a version, and what does not',
      play: async (t) => {
        await t.type(`kubeadm config images list --kubernetes-version v${stepOf(t.cluster.version).after}`)
        t.say(
          t.cluster.release
            .components()
            .map(
              ({ component, version, node }) =>
                `${component}${node === undefined ? '' : ` on ${node}`} ${version}`,
            )
            .join(', '),
        )
      },
    },
    {
      id: 'V3',
      title: 'how far kubelets may be behind',
      play: async (t) => {
        await t.type('kubectl get nodes')
        t.say(
          `out of step: ${
            t.cluster.release
              .skew()
              .map(({ component, version, rule }) => `${component} ${version}: ${rule}`)
              .join('; ') || 'nothing'
          }`,
        )
      },
    },
    {
      id: 'V4',
      title: 'a node is upgraded',
      play: async (t) => {
        const { after, end } = stepOf(t.cluster.version)
        await t.type('kubectl drain node-1 --ignore-daemonsets')
        await t.type('ssh node-1')
        await t.type(install(`kubeadm=${after}${end}`, t.isOld))
        await t.type(install(`kubelet=${after}${end}`, t.isOld))
        await t.type(
          t.isOld ? `kubeadm upgrade node config --kubelet-version v${after}` : 'kubeadm upgrade node',
        )
        await t.type('systemctl restart kubelet')
        await t.type('exit')
        await t.type('kubectl uncordon node-1')
        t.wait('30s')
        await t.type('kubectl get nodes')
      },
    },
    {
      id: 'V5',
      title: 'the control plane is upgraded',
      play: async (t) => {
        const { next, tooFar, end } = stepOf(t.cluster.version)
        const deployment = file(
          'web.yaml',
          `apiVersion: ${t.isOld ? 'extensions/v1beta1' : 'apps/v1'}
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } } }`,
        )
        await t.type(`${deployment}\nkubectl apply -f web.yaml`)
        await t.type(install(`kubeadm=${next}${end}`, t.isOld))
        await t.type('kubeadm upgrade plan')
        await t.type(`kubeadm upgrade apply -y v${tooFar}`)
        await t.type(`kubeadm upgrade apply -y v${next}`)
        await t.type('crictl ps')
        await t.type('kubectl get nodes')
        if (!t.isOld) return
        await t.type(
          `apt-get upgrade -y kubeadm=${tooFar}${end}; kubeadm upgrade apply -y v${tooFar} | tail -3`,
        )
        t.say(
          '1.16 no longer serves deployments in extensions/v1beta1; what kubectl remembers of 1.14 is ' +
            'to be forgotten',
        )
        await t.type('rm -rf ~/.kube/cache; kubectl apply -f web.yaml')
        await t.type('kubectl get deployments')
      },
    },
  ],
}
