import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from '../../src/host/index.js'

const CONFIG = '/var/lib/kubelet/config.yaml'

async function lastWords(component: string, gates: string, version = 'v1.35'): Promise<string> {
  const host = hostOf(new SimCluster({ version, like: 'kubeadm', nodes: 1 }), 'master')
  const manifest = `/etc/kubernetes/manifests/${component}.yaml`
  const line = `sed -i 's#^    - ${component}$#&\\n    - --feature-gates=${gates}#' ${manifest}; sleep 20`
  await host.sh(line)
  return (await host.sh(`tail -6 /var/log/${component}.log`)).stdout
}

describe('--feature-gates in the manifest of a control plane', () => {
  test.each([
    ['kube-apiserver', 'Nothing=true', `"command failed" err="unrecognized feature gate: Nothing"`],
    [
      'kube-scheduler',
      'PodIndexLabel=true',
      `"command failed" err="unrecognized feature gate: PodIndexLabel"`,
    ],
    [
      'kube-controller-manager',
      'SidecarContainers=false',
      `"command failed" err="cannot set feature gate SidecarContainers to false, feature is locked to true"`,
    ],
    [
      'kube-apiserver',
      'SidecarContainers=true',
      'feature_gate.go:352] Setting GA feature gate SidecarContainers=true. It will be removed in a future',
    ],
  ])('%s %s', async (component, gates, words) => {
    expect(await lastWords(component, gates)).toContain(words)
  })

  test('is read while the flags are, by an old release', async () => {
    expect(await lastWords('kube-apiserver', 'Nothing=true', 'v1.30')).toContain(
      'Error: invalid argument "Nothing=true" for "--feature-gates" flag: unrecognized feature gate: Nothing',
    )
  })
})

describe('the feature gates of a kubelet', () => {
  const journal = async (change: string): Promise<string> => {
    const host = hostOf(new SimCluster({ version: 'v1.35', nodes: 1, like: 'kubeadm' }), 'node-1')
    return (await host.sh(`${change}; systemctl restart kubelet; journalctl -u kubelet -n 6 --no-pager`))
      .stdout
  }
  const inFile = (gates: string): Promise<string> =>
    journal(`printf 'featureGates: ${gates}\\n' >> ${CONFIG}`)

  test('keep it from starting if it does not know one, or if one is locked', async () => {
    const failed = '"command failed" err="failed to set feature gates from initial flags-based config: '
    expect(await inFile('{NodeSwapp: true}')).toContain(`${failed}unrecognized feature gate: NodeSwapp"`)
    expect(await inFile('{NodeSwap: false}')).toContain(
      `${failed}cannot set feature gate NodeSwap to false, feature is locked to true"`,
    )
  })

  test('are booleans', async () => {
    expect(await inFile('{NodeSwap: "yes"}')).toContain(
      'json: cannot unmarshal string into Go struct field KubeletConfiguration.featureGates of type bool',
    )
    expect(await inFile('[NodeSwap]')).toContain(
      'json: cannot unmarshal array into Go struct field KubeletConfiguration.featureGates of type ' +
        'map[string]bool',
    )
  })

  test('are warned of once they cannot be set for long', async () => {
    const lines = await inFile('{NodeSwap: true, MemoryQoS: true}')
    expect(lines).toContain('Setting GA feature gate NodeSwap=true. It will be removed in a future release.')
    expect(lines).toContain('"Kubelet version"')
    expect(lines).not.toContain('MemoryQoS')
  })

  test('come from its flags, too', async () => {
    const flags = (gates: string): Promise<string> =>
      journal(`echo 'KUBELET_EXTRA_ARGS=--feature-gates=${gates}' > /etc/default/kubelet`)
    expect(await flags('Nothing=true')).toContain('unrecognized feature gate: Nothing')
    expect(await flags('Nothing')).toContain(
      'failed to parse kubelet flag: invalid argument \\"Nothing\\" for \\"--feature-gates\\" flag: ' +
        'malformed pair, expect string=bool',
    )
    expect(await flags('MemoryQoS=maybe')).toContain(
      'invalid value of MemoryQoS: maybe, err: strconv.ParseBool',
    )
  })
})

describe("kubeadm's own feature gates", () => {
  const refused = async (line: string, version = 'v1.35'): Promise<string> => {
    const master = hostOf(new SimCluster({ version, nodes: 1, kubeadm: { init: false } }), 'master')
    return (await master.sh(line)).stderr
  }

  test.each([
    ['Nothing=true', 'unrecognized feature-gate key: Nothing'],
    // gates of Kubernetes are not its own
    ['SidecarContainers=true', 'unrecognized feature-gate key: SidecarContainers'],
    ['EtcdLearnerMode=true', 'unrecognized feature-gate key: EtcdLearnerMode'],
    ['NodeLocalCRISocket', 'missing bool value for feature-gate key:NodeLocalCRISocket'],
    [
      'NodeLocalCRISocket=maybe',
      'invalid value maybe for feature-gate key: NodeLocalCRISocket, use true|false instead',
    ],
  ])('--feature-gates=%s', async (gates, words) => {
    expect(await refused(`kubeadm init --feature-gates=${gates}`)).toContain(words)
  })

  test('are known as long as their release has them', async () => {
    expect(await refused('kubeadm init --feature-gates=EtcdLearnerMode=true', 'v1.32')).toBe('')
  })

  test('in a configuration file have the names of its release', async () => {
    const file =
      'apiVersion: kubeadm.k8s.io/v1beta4\\nkind: ClusterConfiguration\\nfeatureGates: {Nothing: true}\\n'
    expect(await refused(`printf '${file}' > c.yaml; kubeadm init --config c.yaml`)).toContain(
      'featureGates: Invalid value: {"Nothing":true}: Nothing is not a valid feature name.',
    )
  })
})
