import { isBuiltInVersion } from '../../api/definitions.js'
import { formatApiVersion, parseApiVersion } from '../../api/api-version.js'
import type { Scheme } from '../../api/scheme.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { defaultFlowControl } from '../../api/flowcontrol/default-objects.js'
import type { Component } from '../../client/component.js'
import { AGGREGATION_CONTROLLER } from '../../controllers/clusterrole-aggregation.js'
import { aggregatedPolicyOf, policyOf } from '../../rbac/bootstrap-policy/index.js'
import { legacyTokenObjects } from '../access/tokens.js'
import type { ClusterRole, ClusterRoleBinding } from '../../api/rbac/generated.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime } from '../../lang/go/time.js'
import type { DefaultObjects } from '../../apiserver/bootstrap.js'
import { groupPriority } from '../../apiserver/http/discovery/groups.js'

/**
 * Returns the objects of a new cluster besides its namespaces: the default roles and bindings, those that
 * kubeadm adds for administrators, the APIServices, and the objects of flow control. If the controller that
 * aggregates `admin`, `edit` and `view` runs, they are aggregated already. Equal arguments give the same
 * arrays.
 */
export function defaultObjects(
  components: readonly Pick<Component, 'name'>[],
  scheme: Scheme,
  now: number,
  accounts: readonly KubeObject[] = [],
): readonly DefaultObjects[] {
  const { minor } = scheme.release
  const isAggregated = components.some(({ name }) => name === AGGREGATION_CONTROLLER)
  return [
    { list: isAggregated ? aggregatedPolicyOf(minor) : policyOf(minor) },
    { list: kubeadmObjects(minor), creator: 'kubeadm' },
    { list: legacyTokenObjects(minor, now) },
    { list: apiServices(scheme, now) },
    { list: defaultFlowControl(now) },
    { list: accounts },
  ]
}

const ACCOUNT = /^system:serviceaccount:kube-system:(.+)$/

/** The first minor version whose controller manager deletes unused tokens of service accounts. */
const TOKEN_CLEANER_SINCE = 29

/**
 * Returns the ServiceAccounts under which the controllers of kube-controller-manager run, as it creates them
 * with `--use-service-account-credentials`.
 */
export function controllerAccounts(components: readonly Component[], minor: number): readonly KubeObject[] {
  const names = components
    .filter(({ name }) => name.startsWith('kube-controller-manager/'))
    .flatMap(({ identity }) => ACCOUNT.exec(identity.name)?.[1] ?? [])
  if (names.length === 0) return []
  const all = [...names, ...(minor < TOKEN_CLEANER_SINCE ? [] : ['legacy-service-account-token-cleaner'])]
  return [...new Set(all)].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'kube-system' },
  }))
}

const GROUP = 'rbac.authorization.k8s.io'
const ADMINS = 'kubeadm:cluster-admins'
/** The group of users with a token of `kubeadm token create`. */
const JOINING = 'system:bootstrappers:kubeadm:default-node-token'
const GET_NODES = 'kubeadm:get-nodes'
const REQUESTS = 'system:certificates.k8s.io:certificatesigningrequests'

function bind(
  name: string,
  role: string,
  subject: { readonly kind: 'User' | 'Group'; readonly name: string },
): ClusterRoleBinding {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects: [{ ...subject, apiGroup: GROUP }],
  }
}

const getNodes: ClusterRole = {
  apiVersion: `${GROUP}/v1`,
  kind: 'ClusterRole',
  metadata: { name: GET_NODES },
  rules: [{ verbs: ['get'], apiGroups: [''], resources: ['nodes'] }],
}

/** The objects, each with the first minor version in which kubeadm creates it. */
const OBJECTS: readonly { readonly since: number; readonly object: KubeObject }[] = [
  { since: 29, object: bind(ADMINS, 'cluster-admin', { kind: 'Group', name: ADMINS }) },
  {
    since: 0,
    object: bind('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', { kind: 'Group', name: JOINING }),
  },
  {
    since: 0,
    object: bind('kubeadm:node-autoapprove-bootstrap', `${REQUESTS}:nodeclient`, {
      kind: 'Group',
      name: JOINING,
    }),
  },
  {
    since: 0,
    object: bind('kubeadm:node-autoapprove-certificate-rotation', `${REQUESTS}:selfnodeclient`, {
      kind: 'Group',
      name: 'system:nodes',
    }),
  },
  { since: 18, object: getNodes },
  { since: 18, object: bind(GET_NODES, GET_NODES, { kind: 'Group', name: JOINING }) },
  {
    since: 33,
    object: bind('kubeadm:apiserver-kubelet-client', 'system:kubelet-api-admin', {
      kind: 'User',
      name: 'kube-apiserver-kubelet-client',
    }),
  },
]

const byMinor = new Map<number, readonly KubeObject[]>()

/**
 * Returns the roles and bindings that `kubeadm init` creates: for the administrators of `admin.conf` (until
 * v1.28 they are in `system:masters`), for nodes that join or renew their certificate, and for the apiserver
 * as a client of kubelets. The same minor version gives the same array. Source: cmd/kubeadm/app/phases
 * bootstraptoken/node/tlsbootstrap.go, kubeconfig EnsureAdminClusterRoleBinding.
 */
export function kubeadmObjects(minor: number): readonly KubeObject[] {
  let objects = byMinor.get(minor)
  if (objects === undefined)
    byMinor.set(minor, (objects = OBJECTS.filter(({ since }) => minor >= since).map(({ object }) => object)))
  return objects
}

/**
 * versionPriority within the group, by group version; that of others depends on their stability. Source:
 * pkg/controlplane/apiserver/aggregator.go.
 */
const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  v1: 1,
  'autoscaling/v2': 30,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'resource.k8s.io/v1': 21,
}
const STABLE = 15
const BETA = 9
/** Served by the aggregator itself, which does not list itself. */
const OWN_GROUP = 'apiregistration.k8s.io'

/** The APIServices of the last instant, by the kinds that they are of. */
const made = new WeakMap<object, { readonly now: number; readonly services: readonly KubeObject[] }>()

/**
 * Returns the APIServices of the built-in groups that a scheme has, available since `now` (virtual ms).
 * Cached, since most clusters have the same kinds and start at the same instant.
 */
export function apiServices(scheme: Scheme, now: number): readonly KubeObject[] {
  const known = made.get(scheme.tables)
  if (known?.now === now) return known.services
  const versions = new Set(scheme.definitions().filter(isBuiltInVersion).map(formatApiVersion))
  const services = deepFreeze([...versions].flatMap((each) => serviceOf(each, scheme.release.minor, now)))
  made.set(scheme.tables, { now, services })
  return services
}

function serviceOf(groupVersion: string, minor: number, now: number): readonly KubeObject[] {
  const { group, version } = parseApiVersion(groupVersion)
  if (group === OWN_GROUP) return []
  const service = {
    apiVersion: `${OWN_GROUP}/v1`,
    kind: 'APIService',
    metadata: {
      name: `${version}.${group}`,
      labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
    },
    spec: {
      ...(group === '' ? {} : { group }),
      version,
      groupPriorityMinimum: groupPriority(group, minor),
      versionPriority: VERSION_PRIORITIES[groupVersion] ?? (/^v\d+$/.test(version) ? STABLE : BETA),
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          lastTransitionTime: formatTime(now),
          reason: 'Local',
          message: 'Local APIServices are always available',
        },
      ],
    },
  }
  return [service]
}
