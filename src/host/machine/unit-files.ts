import type { Minor } from '../../api/releases.js'

/** The first minor whose packages come from pkgs.k8s.io, with a repository a minor. */
export const OWN_REPOSITORIES: Minor = 24

/** Where packages put the files of units. */
const UNITS = '/usr/lib/systemd/system'

/** Where drop-ins of a unit are: the packages', then the machine's own. */
export const dropInFolders = (name: string): readonly string[] =>
  [UNITS, '/etc/systemd/system'].map((folder) => `${folder}/${name}.service.d`)

/** The file of a unit. */
export const unitFile = (name: string): string => `${UNITS}/${name}.service`

/**
 * The files of systemd's units that the packages of the kubelet, kubeadm and containerd bring, by path.
 * Source: kubernetes/release cmd/krel/templates/latest/kubelet/kubelet.service and kubeadm/10-kubeadm.conf,
 * where a Debian package has /etc/default in place of /etc/sysconfig; containerd/containerd
 * containerd.service. Before pkgs.k8s.io the drop-in was in /etc.
 */
export function unitFiles(minor: Minor): ReadonlyMap<string, string> {
  const [ofPackage = '', ofMachine = ''] = dropInFolders('kubelet')
  const folder = minor >= OWN_REPOSITORIES ? ofPackage : ofMachine
  return new Map([
    [unitFile('kubelet'), KUBELET],
    [`${folder}/10-kubeadm.conf`, KUBEADM],
    [unitFile('containerd'), CONTAINERD],
  ])
}

const KUBELET = `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
`

const KUBEADM = `# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf \
--kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, \
populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort. Preferably, \
the user should use
# the .NodeRegistration.KubeletExtraArgs object in the configuration files instead. KUBELET_EXTRA_ARGS \
should be sourced from this file.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS \
$KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`

const CONTAINERD = `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target dbus.service

[Service]
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/bin/containerd

Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5

# Having non-zero Limit*s causes performance problems due to accounting overhead
# in the kernel. We recommend using cgroups to do container-local accounting.
LimitNPROC=infinity
LimitCORE=infinity

# Comment TasksMax if your systemd version does not supports it.
# Only systemd 226 and above support this version.
TasksMax=infinity
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
`
