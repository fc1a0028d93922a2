import { creation } from './change.js'
import type { EscalationPath } from './path.js'
import { CREATED_NAME } from './path.js'
import type { SubjectView } from './subject-view.js'
import { ALL_RULES } from './subject-view.js'

const GROUP = 'rbac.authorization.k8s.io'
const URL_OF_HOOK = 'https://escalation-path.example/mutate'

/**
 * Finds webhooks with which the subject can change what an administrator writes: the next binding that they
 * create becomes one of the subject to `cluster-admin`.
 */
export function mutatingWebhooks(view: SubjectView): readonly EscalationPath[] {
  const place = {
    groupVersion: 'admissionregistration.k8s.io/v1',
    resource: 'mutatingwebhookconfigurations',
    namespace: '',
    name: CREATED_NAME,
  }
  const made = creation(view, place, {
    apiVersion: place.groupVersion,
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: CREATED_NAME },
    webhooks: [
      {
        name: 'escalation.path.example',
        clientConfig: { url: URL_OF_HOOK },
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        rules: [
          {
            apiGroups: [GROUP],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['clusterrolebindings'],
            scope: 'Cluster',
          },
        ],
      },
    ],
  })
  const rules = view.policy.roles.get('ClusterRole//cluster-admin') ?? ALL_RULES
  const gains = view.gainOf(rules, '')
  if (made === undefined || gains === undefined) return []
  const harmless = {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: `${CREATED_NAME}-somebody` },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'Group', apiGroup: GROUP, name: 'auditors' }],
  }
  return [
    {
      kind: 'mutating-webhook',
      identity: view.self,
      gains,
      added: { rules, namespace: '' },
      credential: { kind: 'own' },
      steps: [
        made,
        {
          step: 'call',
          by: 'somebody',
          does: 'bind somebody to a role',
          needs: [],
          method: 'POST',
          path: `/apis/${GROUP}/v1/clusterrolebindings`,
          body: harmless,
        },
      ],
      webhook: {
        url: URL_OF_HOOK,
        patch: [
          { op: 'replace', path: '/roleRef/name', value: 'cluster-admin' },
          { op: 'add', path: '/subjects/-', value: { kind: 'User', apiGroup: GROUP, name: view.self.user } },
        ],
      },
    },
  ]
}
