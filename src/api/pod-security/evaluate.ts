import type { Check, Finding, PodLike } from './check.js'
import { allowPrivilegeEscalation } from './checks/allow-privilege-escalation.js'
import { appArmorProfile } from './checks/app-armor-profile.js'
import { baselineCapabilities, restrictedCapabilities } from './checks/capabilities.js'
import { hostNamespaces } from './checks/host-namespaces.js'
import { hostPathVolumes } from './checks/host-path-volumes.js'
import { hostPorts } from './checks/host-ports.js'
import { hostProbes } from './checks/host-probes.js'
import { privileged } from './checks/privileged.js'
import { procMount, restrictedProcMount } from './checks/proc-mount.js'
import { restrictedVolumes } from './checks/restricted-volumes.js'
import { runAsNonRoot } from './checks/run-as-non-root.js'
import { runAsUser } from './checks/run-as-user.js'
import { baselineSeccomp, restrictedSeccomp } from './checks/seccomp-profile.js'
import { seLinuxOptions } from './checks/se-linux-options.js'
import { sysctls } from './checks/sysctls.js'
import { windowsHostProcess } from './checks/windows-host-process.js'
import type { LevelVersion } from './policy.js'

/** Checks that both levels have, in the order of their ids. `false`: restricted has one of its own. */
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

/** What restricted adds, in the order of the ids. */
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
 * What a level of the Pod Security Standards finds wrong with a pod or a template, in the order of upstream's
 * texts; empty when it is allowed. Source: k8s.io/pod-security-admission policy/registry.go.
 */
export function evaluatePodSecurity(pod: PodLike, policy: LevelVersion): readonly Finding[] {
  return checksOf(policy).flatMap((check) => check(pod, policy.minor) ?? [])
}

/** `hostPort (container "c" uses hostPort 80), privileged (...)` */
export function findingsText(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`)).join(', ')
}
