/** Schemas of texts and numbers that public functions are given and that have a form of their own. */
import * as z from 'zod/mini'
import { ruled, textThat, usually } from './checked-input.js'
import { isMap } from '../lang/json/maps.js'
import { parseIp, parseIpRange } from '../lang/go/ip.js'
import { parseGoDuration } from '../lang/go/duration.js'
import { type ResourceList, parseQuantity } from './quantity.js'
import { validateResourceName, validateResourceQuantity } from './core/validation/resources.js'
import type { FieldError } from './field-error.js'
import type { Pod } from './core/generated.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelValueFaults,
  qualifiedNameFaults,
} from './validation/names.js'
import { newestMinor, oldestMinor, isRelease } from './releases.js'

/** The name of a node, and of most objects. */
export const dnsSubdomain = (): z.ZodMiniString =>
  textThat(
    (value) => dnsSubdomainFaults(value).length === 0,
    "must be a DNS subdomain such as 'node-1' (lower case letters, digits, '-' and '.')",
  )

/** The name of a device, a container or a namespace. */
export const dnsLabel = (): z.ZodMiniString =>
  textThat(
    (value) => dnsLabelFaults(value).length === 0,
    "must be a DNS label such as 'shop' (lower case letters, digits and '-')",
  )

/** The key of a label or a taint. */
export const labelKey = (): z.ZodMiniString =>
  textThat(
    (value) => qualifiedNameFaults(value).length === 0,
    "must be a qualified name such as 'app' or 'example.com/app'",
  )

/** The value of a label or a taint. */
export const labelValue = (): z.ZodMiniString =>
  textThat(
    (value) => labelValueFaults(value).length === 0,
    "must be empty or letters, digits, '-', '_' and '.', at most 63, with a letter or digit at both ends",
  )

export const labels = (): z.ZodMiniType<Readonly<Record<string, string>>> =>
  z.record(labelKey(), labelValue())

export const ipAddress = (): z.ZodMiniString =>
  textThat((value) => parseIp(value) !== undefined, "must be an IP address such as '192.0.2.7'")

/** Addresses of a machine: one, or one of each family with a comma between. */
export const ipAddresses = (): z.ZodMiniString =>
  textThat(
    (value) => areOfDifferentFamilies(value.split(',').map((each) => parseIp(each)?.family)),
    "must be an IP address such as '10.0.0.5', or one of each family: '10.0.0.5,fd00::5'",
  )

/** A range of addresses. */
export const ipRange = (): z.ZodMiniString =>
  textThat(
    (value) => parseIpRange(value) !== undefined,
    "must be a range of addresses such as '203.0.113.0/24'",
  )

/** Ranges of addresses: one, or one of each family with a comma between. */
export const ipRanges = (): z.ZodMiniString =>
  textThat(
    (value) => areOfDifferentFamilies(value.split(',').map((each) => parseIpRange(each.trim())?.family)),
    "must be a range such as '10.96.0.0/12', or one of each family: '10.96.0.0/12,fd00:10::/112'",
  )

const areOfDifferentFamilies = (families: readonly (string | undefined)[]): boolean =>
  !families.includes(undefined) && new Set(families).size === families.length

/** A port, 1 to 65535. */
export const port = (): z.ZodMiniType<number> =>
  z.number().check(ruled((value) => (isPort(value) ? undefined : 'must be a port between 1 and 65535')))

const isPort = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= 65_535

/** An address with a port: `192.0.2.10:6443`, `[fd00::a]:6443`. */
export const ipAndPort = (): z.ZodMiniString =>
  textThat((value) => {
    const [, ip = '', number = ''] = /^(.+):(\d+)$/.exec(value) ?? []
    const bare = /^\[(.*)\]$/.exec(ip)?.[1]
    return (
      parseIp(bare ?? ip) !== undefined && ip.includes(':') === (bare !== undefined) && isPort(Number(number))
    )
  }, "must be an IP address and a port such as '192.0.2.10:6443'")

/** A host, by name or address, and perhaps a port. */
export const hostAndPort = (): z.ZodMiniString =>
  textThat((value) => {
    const [, host = value, number] = /^(\[.*\]|[^:]*):(\d+)$/.exec(value) ?? []
    const bare = /^\[(.*)\]$/.exec(host)?.[1] ?? host
    return isHost(bare) && (number === undefined || isPort(Number(number)))
  }, "must be a host with or without a port, such as 'k8s.example.com:6443'")

/** A name or an address in a certificate; a name may begin with `*.`. */
export const alternativeName = (): z.ZodMiniString =>
  textThat(
    (value) => isHost(value.replace(/^\*\./, '')),
    "must be a DNS name or an IP address such as 'k8s.example.com'",
  )

const isHost = (value: string): boolean =>
  parseIp(value) !== undefined || dnsSubdomainFaults(value.toLowerCase()).length === 0

/** A duration as upstream's flags and files write it. */
export const goDuration = (): z.ZodMiniString =>
  textThat((value) => {
    try {
      parseGoDuration(value)
      return true
    } catch {
      return false
    }
  }, "must be a duration such as '30s' or '5m0s'")

/** A version that a cluster can have. */
export const version = (): z.ZodMiniString =>
  textThat(
    isRelease,
    `must be a Kubernetes version from v1.${oldestMinor} to v1.${newestMinor}, such as 'v1.34' or 'v1.34.2'`,
  )

/** The version of a kubelet, which may be out of step, or that of a distribution: `v1.13.7-gke.8`. */
export const kubeletVersion = (): z.ZodMiniString =>
  textThat(
    (value) => /^v1\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/.test(value),
    "must be a full version such as 'v1.34.2'",
  )

/** The name of an HTTP header. */
export const headerName = (): z.ZodMiniString =>
  textThat(
    (value) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value),
    "must be the name of an HTTP header such as 'X-Remote-User'",
  )

/** What a machine has of each resource. */
export const capacity = (): z.ZodMiniType<ResourceList> =>
  usually(
    ['cpu', 'memory', 'pods', 'ephemeral-storage'],
    z.record(z.string(), z.string()).check(({ value, issues }) => {
      for (const [name, amount] of Object.entries(value)) {
        const message = capacityRule(name, amount)
        if (message === undefined) continue
        issues.push({ code: 'custom', message, input: value, path: [name] })
      }
    }),
  )

function capacityRule(name: string, amount: string): string | undefined {
  const errors: FieldError[] = []
  // cloud providers count their volumes so
  if (!name.startsWith('attachable-volumes-')) validateResourceName(name, '', errors)
  if (errors.length > 0)
    return 'must be of a resource: cpu, memory, ephemeral-storage, pods, hugepages-2Mi, or example.com/gpu'
  if (!isQuantity(amount)) return "must be a quantity such as '4', '500m' or '16Gi'"
  validateResourceQuantity(name, amount, '', errors)
  return errors[0]?.body.replace(/^Invalid value: "[^"]*": /, '')
}

/** A pod that a file describes, which the kubelet runs; the apiserver validates its mirror. */
export const staticPod = (): z.ZodMiniType<Pod> => z.custom<Pod>().check(ruled(staticPodRule))

/** Returns what a pod that a file describes must be, if it is not; undefined if the kubelet can run it. */
export function staticPodRule(pod: unknown): string | undefined {
  if (!isMap(pod) || (pod.kind ?? 'Pod') !== 'Pod' || (pod.apiVersion ?? 'v1') !== 'v1')
    return 'must be a Pod of v1'
  const { metadata, spec } = pod
  if (!isMap(metadata) || dnsSubdomainFaults(String(metadata.name)).length > 0)
    return "must have a valid metadata.name such as 'web'"
  const containers: readonly unknown[] = isMap(spec) && Array.isArray(spec.containers) ? spec.containers : []
  const areWhole = containers.every(
    (each) => isMap(each) && typeof each.name === 'string' && typeof each.image === 'string',
  )
  return areWhole && containers.length > 0
    ? undefined
    : 'must have at least one of spec.containers, each with a name and an image'
}

/** The name of a file in a folder. */
export const fileName = (): z.ZodMiniString =>
  textThat((value) => /^[^/\0]+$/.test(value), "must be the name of a file such as 'web.yaml'")

/** An amount of a resource. */
export const quantity = (): z.ZodMiniString =>
  textThat(isQuantity, "must be a quantity such as '4', '500m' or '16Gi'")

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text)
    return true
  } catch {
    return false
  }
}

/** A moment as the API writes it. */
export const time = (): z.ZodMiniString =>
  textThat(
    (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value),
    "must be a time such as '2026-01-01T00:00:00Z'",
  )
