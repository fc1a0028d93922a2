import * as z from 'zod/mini'
import { anyObject, argumentsCheck, callable, flag } from '../../api/checked-input.js'
import type { Container, Pod, SELinuxOptions } from '../../api/core/generated.js'
import type { ImageAccounts } from './accounts.js'
import type { EffectiveCapabilities } from './capabilities.js'
import { capabilityMask, effectiveCapabilities } from './capabilities.js'
import type { Decided } from './decided.js'
import type { EffectiveIdentity } from './identity.js'
import { withSupportedFields, effectiveIdentity, mustBeNonRoot, nonRootFault } from './identity.js'
import type { Profile } from './profiles.js'
import { effectiveAppArmor, effectiveSELinux, effectiveSeccomp } from './profiles.js'

const checkOptions = argumentsCheck('effectiveSecurity()', 'effectiveSecurity(pod, { minor: 34 })', () => ({
  pod: z.looseObject({ spec: anyObject() }),
  options: z.strictObject({
    imageOf: z.optional(callable()),
    minor: z.optional(z.number()),
    seccompDefault: flag,
  }),
}))

/** The effective settings of a container, each with the rule that decided it. Plain data. */
export interface EffectiveSecurity extends EffectiveIdentity {
  readonly container: string
  readonly privileged: Decided<boolean>
  readonly capabilities: Decided<EffectiveCapabilities>
  /** Linux' no_new_privs: programs cannot gain privileges, not even by setuid. */
  readonly noNewPrivileges: Decided<boolean>
  readonly readOnlyRootFilesystem: Decided<boolean>
  readonly runAsNonRoot: Decided<boolean>
  readonly seccomp: Decided<Profile>
  readonly appArmor: Decided<Profile>
  readonly seLinux: Decided<SELinuxOptions | undefined>
  readonly procMount: Decided<string>
  /** Why the kubelet refuses to make the container (CreateContainerConfigError). */
  readonly fault?: string
}

/** What the security of containers depends on besides the pod. */
export interface SecurityOptions {
  /**
   * Looks up an image by name.
   * @default unknown images run as root
   */
  readonly imageOf?: (image: string) => ImageAccounts & { readonly isKnown?: boolean }
  /**
   * Minor of the node's kubelet.
   * @default 35
   */
  readonly minor?: number
  /**
   * `seccompDefault` of its configuration.
   * @default false
   */
  readonly seccompDefault?: boolean
}

/**
 * Computes the effective security of each container of a pod: its own security context, or else its pod's, or
 * else the image's, or else the runtime's default. A pure function; init containers come first, ephemeral
 * ones last. Source: pkg/securitycontext/util.go, pkg/kubelet/kuberuntime/security_context.go.
 * @example
 * effectiveSecurity(cluster.get('pods', 'office/web')).map(({ container, uid }) => [container, uid.value])
 */
export function effectiveSecurity(given: Pod, options: SecurityOptions = {}): readonly EffectiveSecurity[] {
  checkOptions([given, options])
  const pod = withSupportedFields(given, options.minor ?? 35)
  const { initContainers = [], containers, ephemeralContainers = [] } = pod.spec
  return [...initContainers, ...containers, ...(ephemeralContainers as readonly Container[])].map(
    (container) => ofContainer(pod, container, options),
  )
}

function ofContainer(
  pod: Pod,
  container: Container,
  { imageOf, minor = 35, seccompDefault = false }: SecurityOptions,
): EffectiveSecurity {
  const image = imageOf?.(container.image ?? '') ?? {}
  const identity = effectiveIdentity(pod, container, image)
  const own = container.securityContext ?? {}
  const { name = '', namespace = '', uid = '' } = pod.metadata
  const fault = nonRootFault(
    pod,
    container,
    image.isKnown === false ? undefined : (image.user ?? ''),
    `${name}_${namespace}(${uid})`,
  )
  return {
    container: container.name,
    ...identity,
    privileged: onContainer(own.privileged, 'privileged', false),
    capabilities: effectiveCapabilities(container, identity.uid.value),
    noNewPrivileges:
      own.allowPrivilegeEscalation === undefined
        ? {
            value: false,
            from: 'runtime',
            rule: 'securityContext.allowPrivilegeEscalation is not set: escalation is allowed',
          }
        : {
            value: !own.allowPrivilegeEscalation,
            from: 'container',
            rule: 'securityContext.allowPrivilegeEscalation',
          },
    readOnlyRootFilesystem: onContainer(own.readOnlyRootFilesystem, 'readOnlyRootFilesystem', false),
    runAsNonRoot: mustBeNonRoot(pod, container),
    seccomp: effectiveSeccomp(pod, container, { minor, seccompDefault }),
    appArmor: effectiveAppArmor(pod, container),
    seLinux: effectiveSELinux(pod, container),
    procMount: onContainer(own.procMount, 'procMount', 'Default'),
    ...(fault === undefined ? {} : { fault }),
  }
}

/** Decides a setting that exists only on containers. */
function onContainer<T>(value: T | undefined, field: string, otherwise: T): Decided<T> {
  return value === undefined
    ? { value: otherwise, from: 'runtime', rule: `securityContext.${field} is not set` }
    : { value, from: 'container', rule: `securityContext.${field}` }
}

/** Formats the security part of /proc/1/status like Linux. */
export function procStatus(
  { uid, gid, groups, capabilities, noNewPrivileges, seccomp }: EffectiveSecurity,
  program: string,
): string {
  const { bounding, effective } = capabilities.value
  const ids = (id: number): string => [id, id, id, id].join('\t')
  const hasFilter = seccomp.value.type !== 'Unconfined'
  const lines: readonly (readonly [string, string])[] = [
    ['Name', program.slice(0, 15)],
    ['State', 'S (sleeping)'],
    ['Pid', '1'],
    ['PPid', '0'],
    ['Uid', ids(uid.value)],
    ['Gid', ids(gid.value)],
    ['Groups', groups.map(({ value }) => `${value} `).join('')],
    ['CapInh', capabilityMask([])],
    ['CapPrm', capabilityMask(effective)],
    ['CapEff', capabilityMask(effective)],
    ['CapBnd', capabilityMask(bounding)],
    ['CapAmb', capabilityMask([])],
    ['NoNewPrivs', noNewPrivileges.value ? '1' : '0'],
    ['Seccomp', hasFilter ? '2' : '0'],
    ['Seccomp_filters', hasFilter ? '1' : '0'],
  ]
  return lines.map(([name, value]) => `${name}:\t${value}\n`).join('')
}
