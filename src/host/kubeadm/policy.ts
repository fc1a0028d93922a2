import { kubeletSkew } from '../../cluster/compose/versions-facet.js'
import { minorOf } from '../../cluster/kubeadm/images.js'

/** Input of the version policies. Versions look like `v1.35.0`. */
export interface KubeadmUpgrade {
  readonly cluster: string
  readonly kubeadm: string
  readonly target: string
  /** Versions of the kubelets. */
  readonly kubelets: readonly string[]
  readonly allowUnstable?: boolean
}

/** Why an upgrade is forbidden, and why it is discouraged (`--force` overrides the latter). */
export interface PolicyFaults {
  readonly mandatory: readonly string[]
  readonly skippable: readonly string[]
}

/** Compares `v1.35.2` and `v1.35.10` as semantic versions; a pre-release is lower than its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): readonly number[] =>
    version.replace(/^v/, '').split(/[.-]/).slice(0, 3).map(Number)
  const [left, right] = [parts(a), parts(b)]
  for (let at = 0; at < 3; at++) if (left[at] !== right[at]) return (left[at] ?? 0) - (right[at] ?? 0)
  return Number(b.includes('-')) - Number(a.includes('-'))
}

/**
 * Checks whether kubeadm may upgrade. Source: cmd/kubeadm/app/phases/upgrade/policy.go
 * EnforceVersionPolicies.
 */
export function enforceVersionPolicies({
  cluster,
  kubeadm,
  target,
  kubelets,
  allowUnstable = false,
}: KubeadmUpgrade): PolicyFaults {
  const mandatory: string[] = []
  const skippable: string[] = []
  const said = `Specified version to upgrade to "${target}"`
  const from = minorOf(cluster)
  const to = minorOf(target)
  const tool = minorOf(kubeadm)
  if (to > from + 1) mandatory.push(`${said} is too high; kubeadm can upgrade only 1 minor version at a time`)
  if (to < from - 1)
    mandatory.push(
      `Specified version to downgrade to "${target}" is too low; kubeadm can downgrade only 1 minor ` +
        'version at a time',
    )
  if (to > tool)
    mandatory.push(
      `${said} is at least one minor release higher than the kubeadm minor release (${to} > ${tool}). ` +
        'Such an upgrade is not supported',
    )
  else if (compareVersions(target, kubeadm) > 0)
    skippable.push(
      `${said} is higher than the kubeadm version "${kubeadm}". Upgrade kubeadm first using the tool ` +
        'you used to install kubeadm',
    )
  if (to < tool && to > from - 2)
    skippable.push(`Kubeadm version ${kubeadm} can only be used to upgrade to Kubernetes version 1.${tool}`)
  const tooOld = [...new Set(kubelets.filter((each) => minorOf(each) < to - kubeletSkew(target)))].toSorted(
    compareVersions,
  )
  if (tooOld.length > 0)
    skippable.push(
      `There are kubelets in this cluster that are too old that have these versions [${tooOld.join(' ')}]`,
    )
  if (target.includes('-') && !allowUnstable)
    skippable.push(
      `${said} is an unstable version and such upgrades weren't allowed via setting the ` +
        '--allow-*-upgrades flags',
    )
  return { mandatory, skippable }
}
