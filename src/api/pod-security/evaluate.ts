import type { Check, Finding, PodLike } from './check.js'
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

/**
 * Checks of baseline, in the order of their ids, and whether restricted has them, too; if not, it has a
 * stricter one.
 */
const BASELINE: readonly (readonly [check: Check, inRestricted: boolean])[] = [
  [appArmorProfile, true],
  [baselineCapabilities, false],
  [hostNamespaces, true],
  [hostPathVolumes, false],
  [hostPorts, true],
  [hostProbes, true],
  [privileged, true],
  [procMount, false],
  [seLinuxOptions, true],
  [baselineSeccomp, false],
  [sysctls, true],
  [windowsHostProcess, true],
]

/** Checks that restricted adds, in the order of their ids. */
const RESTRICTED: readonly Check[] = [
  allowPrivilegeEscalation,
  restrictedCapabilities,
  restrictedProcMount,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  restrictedSeccomp,
]

function checksOf({ level }: LevelVersion): readonly Check[] {
  switch (level) {
    case 'privileged':
      return []
    case 'baseline':
      return BASELINE.map(([check]) => check)
    case 'restricted':
      return [...BASELINE.filter(([, stays]) => stays).map(([check]) => check), ...RESTRICTED]
  }
}

/**
 * Returns the violations of a level of the Pod Security Standards by a pod or template, in the order of
 * upstream's texts. Source: k8s.io/pod-security-admission policy/registry.go.
 */
export function evaluatePodSecurity(pod: PodLike, policy: LevelVersion): readonly Finding[] {
  return checksOf(policy).flatMap((check) => check(pod, policy.minor) ?? [])
}

/** `hostPort (container "c" uses hostPort 80), privileged (...)` */
export function findingsText(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}
