/**
 * The versions of etcd, CoreDNS and pause that kubeadm installs. Source:
 * cmd/kubeadm/app/constants/constants.go of each minor version.
 */
const ADDONS: Readonly<Record<number, readonly [etcd: string, coreDNS: string, pause: string]>> = {
  13: ['3.2.24', '1.2.6', '3.1'],
  14: ['3.3.10', '1.3.1', '3.1'],
  15: ['3.3.10', '1.3.1', '3.1'],
  16: ['3.3.15-0', '1.6.2', '3.1'],
  17: ['3.4.3-0', '1.6.5', '3.1'],
  18: ['3.4.3-0', '1.6.7', '3.2'],
  19: ['3.4.13-0', '1.7.0', '3.2'],
  20: ['3.4.13-0', '1.7.0', '3.2'],
  21: ['3.4.13-0', 'v1.8.0', '3.4.1'],
  22: ['3.5.0-0', 'v1.8.4', '3.5'],
  23: ['3.5.1-0', 'v1.8.6', '3.6'],
  24: ['3.5.3-0', 'v1.8.6', '3.7'],
  25: ['3.5.4-0', 'v1.9.3', '3.8'],
  26: ['3.5.6-0', 'v1.9.3', '3.9'],
  27: ['3.5.7-0', 'v1.10.1', '3.9'],
  28: ['3.5.9-0', 'v1.10.1', '3.9'],
  29: ['3.5.10-0', 'v1.11.1', '3.9'],
  30: ['3.5.12-0', 'v1.11.1', '3.9'],
  31: ['3.5.15-0', 'v1.11.3', '3.10'],
  32: ['3.5.16-0', 'v1.11.3', '3.10'],
  33: ['3.5.21-0', 'v1.12.0', '3.10'],
  34: ['3.6.5-0', 'v1.12.1', '3.10.1'],
  35: ['3.6.6-0', 'v1.13.1', '3.10.1'],
  36: ['3.6.6-0', 'v1.13.1', '3.10.1'],
}

/** Returns the minor version in `v1.35.2`. */
export function minorOf(version: string): number {
  return Number(/^v?\d+\.(\d+)/.exec(version)?.[1] ?? 0)
}

/** Returns the release that a cluster of a version is: `v1.35.0` for `v1.35`. */
export const releaseOf = (version: string): string =>
  /^v?\d+\.\d+$/.test(version) ? `${version}.0` : version

/** Returns the versions of the components that do not follow Kubernetes' own. */
export function addonVersions(version: string): {
  readonly etcd: string
  readonly coreDNS: string
  readonly pause: string
} {
  const [etcd, coreDNS, pause] = ADDONS[minorOf(version)] ?? ['3.6.6-0', 'v1.13.1', '3.10.1']
  return { etcd, coreDNS, pause }
}
