import type { Lease, LeaseSpec } from '../api/coordination/generated.js'
import { ignoreNotFound, isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { UserInfo } from '../client/client.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import { sha256 } from '../lang/bytes/sha256.js'
import { formatMicroTime } from '../lang/go/time.js'
import type { Slice } from '../sim/modules/module.js'
import { APISERVER } from './custom-resource-definition/naming.js'
import { runPeriodically } from './shared/queue.js'

const NAMESPACE = 'kube-system'

/** Ms between two renewals by a leader, and seconds for which its lease holds. Source: kubeadm's defaults. */
const RENEWAL = 2_000
const LEADER_SECONDS = 15

/** Ms between two renewals of an apiserver's identity, and its seconds. Source: pkg/controlplane. */
const IDENTITY_RENEWAL = 10_000
const IDENTITY_SECONDS = 3_600

/** A process that elects a leader. */
export interface ElectionOptions {
  /** `kube-scheduler`, which is also the name of the lease. */
  readonly process: string
  readonly identity: UserInfo
  /** The component that events name. */
  readonly source: string
  /** Name of its machine. */
  readonly hostname: string
}

interface HeldLease {
  /** `control-plane_<uuid>` */
  readonly holder: string
  /** As last written; undefined if it must be read. */
  lease: Lease | undefined
  /** The resource version that another holder has written, and the virtual ms at which it was first seen. */
  seen?: { readonly version: string; readonly at: number }
}

/**
 * Creates what holds the leader's lease of a process (`--leader-elect`). The process has one instance, which
 * works without waiting for the lease. Source: client-go tools/leaderelection.
 */
export function createLeaderElection({ process, identity, source, hostname }: ElectionOptions): Component {
  return {
    name: `${process}/leader-election`,
    identity,
    setup: (host) => {
      const recorder = host.recorder({ component: source })
      const state = heldLease(host, hostname)
      runPeriodically(host, 'election', RENEWAL, [], () => elect(host, process, state, recorder))
    },
  }
}

function heldLease(host: ComponentHost, hostname: string): Slice<HeldLease> {
  return host.state<HeldLease>('lease', () => ({
    holder: `${hostname}_${host.random('identity').uuid()}`,
    lease: undefined,
  }))
}

/** Returns a lease as last written, or as stored. */
const knownLease = (host: ComponentHost, { lease }: HeldLease, name: string): Lease | undefined =>
  lease ?? ignoreNotFound(() => host.client.get('leases', { namespace: NAMESPACE, name }))

/** Renews the lease, or takes it if it has no holder. Source: tryAcquireOrRenew. */
function elect(
  host: ComponentHost,
  name: string,
  { value: state }: Slice<HeldLease>,
  recorder: EventRecorder,
): void {
  const now = formatMicroTime(host.clock.now())
  const found = knownLease(host, state, name)
  const { holderIdentity = '', leaseTransitions = 0, acquireTime = now } = found?.spec ?? {}
  const isOwn = holderIdentity === state.holder
  if (found !== undefined && !isOwn && holderIdentity !== '' && !isExpired(host, state, found)) return
  const spec: LeaseSpec = {
    ...found?.spec,
    holderIdentity: state.holder,
    leaseDurationSeconds: LEADER_SECONDS,
    acquireTime: isOwn ? acquireTime : now,
    renewTime: now,
    leaseTransitions: found === undefined || isOwn ? leaseTransitions : leaseTransitions + 1,
  }
  state.lease = written(host, state, found, { name, spec })
  if (!isOwn && state.lease !== undefined) {
    const about = { object: state.lease, apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' }
    recorder.event(about, 'Normal', 'LeaderElection', `${state.holder} became leader`)
  }
}

/** Whether another's lease has not changed for as long as it holds. */
function isExpired(host: ComponentHost, state: HeldLease, { metadata, spec }: Lease): boolean {
  const version = metadata.resourceVersion ?? ''
  const now = host.clock.now()
  if (state.seen?.version !== version) state.seen = { version, at: now }
  return now >= state.seen.at + (spec?.leaseDurationSeconds ?? 0) * 1_000
}

/** Writes a lease; returns undefined if another client has written it meanwhile. */
function written(
  host: ComponentHost,
  state: HeldLease,
  found: Lease | undefined,
  { name, spec, labels }: Pick<Lease['metadata'], 'name' | 'labels'> & { readonly spec: LeaseSpec },
): Lease | undefined {
  try {
    if (found !== undefined) return host.client.update('leases', { ...found, spec })
    const metadata = { name, namespace: NAMESPACE, ...(labels === undefined ? {} : { labels }) }
    return host.client.create('leases', { metadata, spec })
  } catch (error) {
    state.lease = undefined
    if (isApiError(error, 'Conflict') || isApiError(error, 'AlreadyExists') || isApiError(error, 'NotFound'))
      return undefined
    throw error
  }
}

/**
 * Creates what holds the lease by which apiservers know of each other. Source: pkg/controlplane/apiserver
 * controlplane-identity hooks, component-helpers apimachinery/lease.
 */
export function createIdentityLease(hostname: string): Component {
  const name = `apiserver-${base32(sha256(new TextEncoder().encode(hostname)).subarray(0, HASH_BYTES))}`
  const labels = { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': hostname }
  return {
    name: 'kube-apiserver/identity-lease',
    identity: APISERVER,
    setup: (host) => {
      const lease = heldLease(host, name)
      runPeriodically(host, 'identity', IDENTITY_RENEWAL, [], () => {
        const { value: state } = lease
        const found = knownLease(host, state, name)
        const renewTime = formatMicroTime(host.clock.now())
        const spec = { holderIdentity: state.holder, leaseDurationSeconds: IDENTITY_SECONDS, renewTime }
        state.lease = written(host, state, found, { name, labels, spec })
      })
    },
  }
}

/** Bytes of the hash of a host's name that are in the name of its lease. */
const HASH_BYTES = 16
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** Encodes bytes as in RFC 4648, in lower case and without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[parseInt(five.padEnd(5, '0'), 2)]).join('')
}
