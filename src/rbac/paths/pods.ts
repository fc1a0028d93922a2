/** Paths through pods: a pod has the token of its service account. */
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Labels } from '../../api/selectors/labels.js'
import { queryFor, change, creation, pathOf } from './change.js'
import type { CallStep, EscalationPath, EscalationStep, InPodStep } from './path.js'
import { CREATED_NAME } from './path.js'
import type { Account, SubjectView } from './subject-view.js'
import { accountIdentity } from './subject-view.js'

/** Where a container finds its service account token. */
const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const LABELS = { app: CREATED_NAME }

/** Returns the spec of a pod with an image that the subject controls. */
function podSpec({ name }: Account): object {
  return {
    serviceAccountName: name,
    containers: [{ name: 'main', image: 'busybox', command: ['sleep', 'infinity'] }],
  }
}

function inPod({ namespace }: Account, pod: InPodStep['pod']): InPodStep {
  return { step: 'in-pod', does: 'its code reads the token', needs: [], namespace, pod, file: TOKEN_FILE }
}

/** Returns paths to service accounts whose steps end with the token. */
function toAccounts(
  view: SubjectView,
  kind: EscalationPath['kind'],
  accounts: readonly Account[],
  stepsTo: (account: Account) => readonly EscalationStep[] | undefined,
): readonly EscalationPath[] {
  return view
    .stronger(
      accounts.filter((account) => stepsTo(account) !== undefined),
      accountIdentity,
    )
    .map(({ of, identity, gains }) => {
      const steps = stepsTo(of) ?? []
      return { kind, identity, gains, steps, credential: { kind: 'token', step: steps.length - 1 } }
    })
}

/** Finds service accounts as which the subject can run a pod. */
export function createdPods(view: SubjectView): readonly EscalationPath[] {
  return toAccounts(view, 'create-pod', view.accounts(), (account) => {
    const place = { groupVersion: 'v1', resource: 'pods', namespace: account.namespace, name: CREATED_NAME }
    const made = creation(view, place, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: CREATED_NAME },
      spec: podSpec(account),
    })
    return made === undefined ? undefined : [made, inPod(account, { name: CREATED_NAME })]
  })
}

interface Workload {
  readonly groupVersion: string
  readonly resource: string
  readonly kind: string
  /** Wraps a pod template into the workload's spec. */
  readonly spec: (template: object) => object
  /** Whether pods are replaced when the template changes. */
  readonly rolls?: true
}

const selector = { matchLabels: LABELS }
const onFailure = ({ metadata, spec }: { readonly metadata?: object; readonly spec?: object }): object => ({
  metadata,
  spec: { ...spec, restartPolicy: 'OnFailure' },
})

const WORKLOADS: readonly Workload[] = [
  {
    groupVersion: 'apps/v1',
    resource: 'deployments',
    kind: 'Deployment',
    rolls: true,
    spec: (template) => ({ selector, template }),
  },
  {
    groupVersion: 'apps/v1',
    resource: 'daemonsets',
    kind: 'DaemonSet',
    rolls: true,
    spec: (template) => ({ selector, template }),
  },
  {
    groupVersion: 'apps/v1',
    resource: 'statefulsets',
    kind: 'StatefulSet',
    rolls: true,
    spec: (template) => ({ selector, serviceName: CREATED_NAME, template }),
  },
  {
    groupVersion: 'apps/v1',
    resource: 'replicasets',
    kind: 'ReplicaSet',
    spec: (template) => ({ selector, template }),
  },
  {
    groupVersion: 'v1',
    resource: 'replicationcontrollers',
    kind: 'ReplicationController',
    spec: (template) => ({ selector: LABELS, template }),
  },
  {
    groupVersion: 'batch/v1',
    resource: 'jobs',
    kind: 'Job',
    spec: (template) => ({ template: onFailure(template) }),
  },
  {
    groupVersion: 'batch/v1',
    resource: 'cronjobs',
    kind: 'CronJob',
    spec: (template) => ({ schedule: '* * * * *', jobTemplate: { spec: { template: onFailure(template) } } }),
  },
]

/**
 * Finds service accounts as which the subject can run a workload's pods: one path for each kind of workload
 * that it can create.
 */
export function createdWorkloads(view: SubjectView): readonly EscalationPath[] {
  return WORKLOADS.flatMap(({ groupVersion, resource, kind, spec }) =>
    toAccounts(view, 'create-workload', view.accounts(), (account) => {
      const place = { groupVersion, resource, namespace: account.namespace, name: CREATED_NAME }
      const body = {
        apiVersion: groupVersion,
        kind,
        metadata: { name: CREATED_NAME },
        spec: spec({ metadata: { labels: LABELS }, spec: podSpec(account) }),
      }
      const made = creation(view, place, body)
      return made === undefined ? undefined : [made, inPod(account, { labels: LABELS })]
    }),
  )
}

type Templated = KubeObject & {
  readonly spec?: { readonly template?: { readonly metadata?: { readonly labels?: Labels } } }
}

/** Finds existing workloads that the subject can change to another service account and its own image. */
export function editedWorkloads(view: SubjectView): readonly EscalationPath[] {
  return WORKLOADS.filter(({ rolls }) => rolls === true).flatMap(({ groupVersion, resource, kind }) =>
    view.ofKind<Templated>(kind).flatMap(({ metadata: { name = '', namespace = '' }, spec }) => {
      const accounts = view.accounts().filter((account) => account.namespace === namespace)
      // a label of its own tells the new pods from the old ones; a merge patch keeps the other labels
      const labels = { ...spec?.template?.metadata?.labels, [CREATED_NAME]: 'edited' }
      return toAccounts(view, 'edit-workload', accounts, (account) => {
        const steps = change(
          view,
          { groupVersion, resource, namespace, name },
          { spec: { template: { metadata: { labels }, spec: podSpec(account) } } },
          0,
        )
        return steps === undefined ? undefined : [...steps, inPod(account, { labels })]
      })
    }),
  )
}

function runningPods(view: SubjectView): readonly Pod[] {
  return view
    .ofKind<Pod>('Pod')
    .filter(({ spec, status }) => status?.phase === 'Running' && spec.automountServiceAccountToken !== false)
}

const accountOf = ({ metadata: { namespace = '' }, spec }: Pod): Account => ({
  namespace,
  name: spec.serviceAccountName ?? 'default',
})

/** Finds containers of others in which the subject can run a command and read the token. */
export function execs(view: SubjectView): readonly EscalationPath[] {
  const needs = ({ metadata: { namespace = '', name = '' } }: Pod): ReturnType<typeof queryFor> =>
    queryFor('create', { groupVersion: 'v1', resource: 'pods', subresource: 'exec', namespace, name })
  const pods = runningPods(view).filter((pod) => view.may({ ...needs(pod), name: pod.metadata.name ?? '' }))
  return view
    .stronger(pods, (pod) => accountIdentity(accountOf(pod)))
    .map(({ of: pod, identity, gains }) => ({
      kind: 'exec',
      identity,
      gains,
      credential: { kind: 'token', step: 0 },
      steps: [
        {
          step: 'exec',
          does: 'read the token',
          needs: [needs(pod)],
          namespace: pod.metadata.namespace ?? '',
          pod: pod.metadata.name ?? '',
          command: ['cat', TOKEN_FILE],
        },
      ],
    }))
}

/**
 * Finds containers of others in which the subject can run a command through the kubelet's own API, which
 * bypasses the checks on pods.
 */
export function nodeProxies(view: SubjectView): readonly EscalationPath[] {
  const proxyOf = (
    pod: Pod,
  ): {
    readonly groupVersion: string
    readonly resource: string
    readonly subresource: string
    readonly namespace: string
    readonly name: string
  } => ({
    groupVersion: 'v1',
    resource: 'nodes',
    subresource: 'proxy',
    namespace: '',
    name: pod.spec.nodeName ?? '',
  })
  const pods = runningPods(view).filter((pod) => view.may(queryFor('create', proxyOf(pod))))
  return view
    .stronger(pods, (pod) => accountIdentity(accountOf(pod)))
    .map(({ of: pod, identity, gains }) => {
      const {
        metadata: { namespace = '', name = '' },
        spec: {
          containers: [container],
        },
      } = pod
      const run =
        `/run/${namespace}/${name}/` +
        `${container?.name ?? ''}?cmd=${encodeURIComponent(`cat ${TOKEN_FILE}`)}`
      const step: CallStep = {
        step: 'call',
        by: 'self',
        does: 'have the kubelet read the token',
        needs: [queryFor('create', proxyOf(pod))],
        method: 'POST',
        path: `${pathOf(proxyOf(pod))}${run}`,
      }
      return { kind: 'node-proxy', identity, gains, steps: [step], credential: { kind: 'token', step: 0 } }
    })
}
