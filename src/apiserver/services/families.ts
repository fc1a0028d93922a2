import type { Service } from '../../api/core/generated.js'
import { needsClusterIp, sameTexts } from '../../api/core/service-needs.js'
import { validateServiceAddresses } from '../../api/core/validation/service-addresses.js'
import type { Draft } from '../../api/kind/draft.js'
import { invalid as invalidField, type FieldError } from '../../api/field-error.js'
import { familyOf, type IpFamily } from '../../lang/go/ip.js'
import { invalid } from '../errors.js'

const SERVICE = { group: '', kind: 'Service' }
const policyPath = 'spec.ipFamilyPolicy'

const other = (family: string | undefined): IpFamily => (family === 'IPv4' ? 'IPv6' : 'IPv4')

function refuse({ metadata }: Draft<Service>, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(SERVICE, metadata.name ?? '', errors)
}

/**
 * Sets the IP families and the policy of a Service before addresses are allocated. `configured` are the
 * families of the cluster, the default first. Throws ApiError. Source:
 * pkg/registry/core/service/storage/alloc.go initIPFamilyFields.
 */
export function setIpFamilies(
  service: Draft<Service>,
  old: Service | undefined,
  configured: readonly IpFamily[],
): void {
  const { spec } = service
  if (spec.type === 'ExternalName' || (old !== undefined && prefersAsBefore(service, old))) return
  refuse(service, validateServiceAddresses(service as Service, old))
  refuse(service, [
    ...(old === undefined ? [] : reductions(service, old)),
    ...policyFaults(service as Service),
    ...inferFamilies(service, configured),
  ])
  if (spec.clusterIPs?.[0] === 'None' && Object.keys(spec.selector ?? {}).length === 0) {
    keepFamilies(service, old)
    setSelectorless(service, configured)
    return
  }
  const errors = (spec.ipFamilies ?? []).flatMap((family, index) =>
    configured.includes(family as IpFamily)
      ? []
      : [invalidField(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')],
  )
  if (spec.ipFamilyPolicy === 'RequireDualStack' && configured.length < 2) {
    errors.push(
      invalidField(policyPath, spec.ipFamilyPolicy, 'this cluster is not configured for dual-stack services'),
    )
  }
  refuse(service, errors)
  const families =
    (spec.ipFamilies ?? []).length > 0 ? (spec.ipFamilies as IpFamily[]) : configured.slice(0, 1)
  spec.ipFamilyPolicy ??= 'SingleStack'
  const isDual = spec.ipFamilyPolicy !== 'SingleStack' && configured.length === 2 && families.length === 1
  spec.ipFamilies = isDual ? [...families, other(families[0])] : [...families]
}

/**
 * Whether a Service keeps its single family although it prefers two: an update alone does not add a family.
 * Source: isMatchingPreferDualStackClusterIPFields.
 */
function prefersAsBefore(service: Draft<Service>, old: Service): boolean {
  return (
    needsClusterIp(old) &&
    old.spec.ipFamilyPolicy === 'PreferDualStack' &&
    service.spec.ipFamilyPolicy === 'PreferDualStack' &&
    sameTexts(service.spec.clusterIPs, old.spec.clusterIPs) &&
    sameTexts(service.spec.ipFamilies, old.spec.ipFamilies)
  )
}

/**
 * Removes the second address and family under a single-stack policy, if the update did not change them.
 * Otherwise none may be removed.
 */
function reductions({ spec }: Draft<Service>, old: Service): readonly FieldError[] {
  const errors: FieldError[] = []
  if ((spec.ipFamilyPolicy ?? 'SingleStack') === 'SingleStack') {
    const { clusterIPs = [], ipFamilies = [] } = spec
    if (clusterIPs.length > 1 && sameTexts(clusterIPs, old.spec.clusterIPs))
      spec.clusterIPs = clusterIPs.slice(0, 1)
    if (ipFamilies.length > 1 && sameTexts(ipFamilies, old.spec.ipFamilies))
      spec.ipFamilies = ipFamilies.slice(0, 1)
    return errors
  }
  for (const [field, what] of [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const) {
    if ((spec[field] ?? []).length >= (old.spec[field] ?? []).length) continue
    errors.push(
      invalidField(policyPath, spec.ipFamilyPolicy, `must be 'SingleStack' to release the secondary ${what}`),
    )
  }
  return errors
}

/** Two families or addresses need a dual-stack policy. */
function policyFaults({ spec }: Service): readonly FieldError[] {
  if ((spec.ipFamilyPolicy ?? 'SingleStack') !== 'SingleStack') return []
  const fault = (what: string): FieldError =>
    invalidField(
      policyPath,
      spec.ipFamilyPolicy ?? null,
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    )
  return [
    ...(spec.clusterIPs?.length === 2 ? [fault('cluster IPs')] : []),
    ...(spec.ipFamilies?.length === 2 ? [fault('IP families')] : []),
  ]
}

/** Derives the families from the addresses. */
function inferFamilies({ spec }: Draft<Service>, configured: readonly IpFamily[]): readonly FieldError[] {
  const errors: FieldError[] = []
  const families = [...(spec.ipFamilies ?? [])]
  for (const [index, ip] of (spec.clusterIPs ?? []).entries()) {
    const family = familyOf(ip)
    if (family === undefined || index < families.length) continue
    if (configured.includes(family)) families.push(family)
    else
      errors.push(
        invalidField(
          `spec.clusterIPs[${index}]`,
          spec.clusterIPs,
          `${family} is not configured on this cluster`,
        ),
      )
  }
  if (families.length > 0) spec.ipFamilies = families
  return errors
}

/**
 * A headless Service without selector may have endpoints of any family, even one that the cluster does not
 * have.
 */
function setSelectorless({ spec }: Draft<Service>, configured: readonly IpFamily[]): void {
  const families =
    (spec.ipFamilies ?? []).length > 0 ? (spec.ipFamilies as IpFamily[]) : configured.slice(0, 1)
  spec.ipFamilyPolicy ??= 'RequireDualStack'
  const isDual = spec.ipFamilyPolicy !== 'SingleStack' && families.length < 2
  spec.ipFamilies = isDual ? [...families, other(families[0])] : [...families]
}

/** An update that names no families keeps those of the Service, if that was headless, too. */
function keepFamilies({ spec }: Draft<Service>, old: Service | undefined): void {
  if (old?.spec.clusterIPs?.[0] !== 'None' || spec.ipFamilyPolicy !== undefined) return
  const { ipFamilyPolicy, ipFamilies = [] } = old.spec
  if (ipFamilyPolicy === undefined) return
  spec.ipFamilyPolicy = ipFamilyPolicy
  if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = [...ipFamilies]
}
