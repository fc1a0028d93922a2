import type { CommandCall, CommandOutput } from '../commands/command.js'
import { readOptions } from '../commands/command.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import { leaveCluster } from '../machine/membership.js'
import { klogLine } from '../../lang/go/klog.js'
import { KubeadmError, printing } from './texts.js'

const CONFIGS: readonly string[] = [
  'admin.conf',
  'super-admin.conf',
  'kubelet.conf',
  'bootstrap-kubelet.conf',
  'controller-manager.conf',
  'scheduler.conf',
]

/**
 * `kubeadm reset`: takes a machine out of its cluster; on the control plane it destroys the cluster. Source:
 * cmd/kubeadm/app/cmd/reset.go and cmd/phases/reset.
 */
export function reset({ args, machine, stdin }: CommandCall): CommandOutput {
  return printing(({ out, err }) => {
    const options = readOptions(args, [
      'cert-dir',
      'cri-socket',
      'kubeconfig',
      'ignore-preflight-errors',
      'skip-phases',
      'config',
    ])
    const { files } = machine
    const minor = minorOf(machine.state.packages.get('kubeadm')?.version ?? '')
    const folder = options.get('cert-dir') ?? '/etc/kubernetes/pki'
    const warn = (source: string, text: string): void =>
      err(klogLine('W', machine.cluster.now(), 4711, source, text))
    if (
      files.text('/etc/kubernetes/admin.conf') !== undefined &&
      machine.state.components.get('kube-apiserver')?.state === 'running'
    ) {
      out('[reset] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...')
      out("[reset] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.")
    }
    if (!options.has('force', 'f')) {
      warn(
        'preflight.go:55',
        "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
      )
      const response = stdin.trim().split('\n')[0]?.toLowerCase()
      if (response !== 'y' && response !== 'yes') {
        out('[reset] Are you sure you want to proceed? [y/N]: ')
        throw new KubeadmError(
          "error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order to continue",
        )
      }
      out(`[reset] Are you sure you want to proceed? [y/N]: ${response}`)
    }
    out('[preflight] Running pre-flight checks')
    const hasEtcd = files.stat('/etc/kubernetes/manifests/etcd.yaml') !== undefined
    if (hasEtcd) out('[reset] Deleted contents of the etcd data directory: /var/lib/etcd')
    else
      warn('removeetcdmember.go:106', '[reset] No kubeadm config, using etcd pod spec to get data directory')
    out('[reset] Stopping the kubelet service')
    out('[reset] Unmounting mounted directories in "/var/lib/kubelet"')
    leaveCluster(machine)
    const directories = ['/etc/kubernetes/manifests', '/var/lib/kubelet', folder]
    out(`[reset] Deleting contents of directories: [${directories.join(' ')}]`)
    for (const directory of [...directories, ...(hasEtcd ? ['/var/lib/etcd'] : [])]) clean(machine, directory)
    const configs = CONFIGS.filter((name) => name !== 'super-admin.conf' || minor >= 29).map(
      (name) => `/etc/kubernetes/${name}`,
    )
    out(`[reset] Deleting files: [${configs.join(' ')}]`)
    for (const path of configs) if (files.stat(path) !== undefined) files.remove(path)
    out(minor >= 34 ? REMAINS : OLD_REMAINS)
  })
}

/** Removes everything in a directory, but not the directory. */
function clean({ files }: HostMachine, directory: string): void {
  if (files.stat(directory)?.kind !== 'directory') return
  for (const name of files.list(directory)) files.remove(`${directory}/${name}`)
}

const REMAINS = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/
`

const OLD_REMAINS = `
The reset process does not clean CNI configuration. To do so, you must remove /etc/cni/net.d

The reset process does not reset or clean up iptables rules or IPVS tables.
If you wish to reset iptables, you must do so manually by using the "iptables" command.

If your cluster was setup to utilize IPVS, run ipvsadm --clear (or similar)
to reset your system's IPVS tables.

The reset process does not clean your kubeconfig files and you must remove them manually.
Please, check the contents of the $HOME/.kube/config file.
`
