import type { PodSecurityCheck, CheckViolation, PodLike } from './check.js'
import {
  appArmorProfile,
  baselineCapabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  baselineSeccomp,
  seLinuxOptions,
  sysctls,
  windowsHostProcess,
} from './baseline.js'
import {
  allowPrivilegeEscalation,
  restrictedCapabilities,
  restrictedProcMount,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  restrictedSeccomp,
} from './restricted.js'
import type { LevelVersion } from './policy.js'

/** Checks of baseline, in the order of their ids. */
const BASELINE: readonly PodSecurityCheck[] = [
  appArmorProfile,
  baselineCapabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  baselineSeccomp,
  sysctls,
  windowsHostProcess,
]

/** A check that restricted adds. */
interface Addition {
  /** The minor since which there is the check. */
  readonly since: number
  readonly check: PodSecurityCheck
  /** The check of baseline that it replaces. */
  readonly instead?: PodSecurityCheck
}

/** Checks that restricted adds, in the order of their ids. */
const RESTRICTED: readonly Addition[] = [
  { since: 8, check: allowPrivilegeEscalation },
  { since: 22, check: restrictedCapabilities, instead: baselineCapabilities },
  { since: 35, check: restrictedProcMount, instead: procMount },
  { since: 0, check: restrictedVolumes, instead: hostPathVolumes },
  { since: 0, check: runAsNonRoot },
  { since: 23, check: runAsUser },
  { since: 19, check: restrictedSeccomp, instead: baselineSeccomp },
]

function checksOf({ level, minor }: LevelVersion): readonly PodSecurityCheck[] {
  switch (level) {
    case 'privileged':
      return []
    case 'baseline':
      return BASELINE
    case 'restricted': {
      const added = RESTRICTED.filter(({ since }) => since <= minor)
      const replaced = new Set(added.map(({ instead }) => instead))
      return [...BASELINE.filter((check) => !replaced.has(check)), ...added.map(({ check }) => check)]
    }
  }
}

/**
 * Returns the violations of a level of the Pod Security Standards by a pod or template, in the order of
 * upstream's texts. Source: k8s.io/pod-security-admission policy/registry.go.
 */
export function evaluatePodSecurity(pod: PodLike, policy: LevelVersion): readonly CheckViolation[] {
  return checksOf(policy).flatMap((check) => check(pod, policy.minor) ?? [])
}

/** `hostPort (container "c" uses hostPort 80), privileged (...)` */
export function findingsText(findings: readonly CheckViolation[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}
