import type { ClusterOptions } from '../../../cluster/compose/options.js'
import { goal, podsOf, comesUp, isUp } from '../goals.js'
import { changing, gone, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { deployment, jsonPatch, lines, pattern, PROBE } from '../shared.js'

/** A ValidatingWebhookConfiguration for new pods that calls the Service default/guard. */
const webhookConfiguration = (name: string, path: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      clientConfig: { service: { namespace: 'default', name, path } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
})

/** Refuses pods without the label `owner`. */
const guard: NonNullable<ClusterOptions['webhooks']>[string] = ({ request }) => {
  const pod = request.object as
    | { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } }
    | undefined
  const allowed = pod?.metadata?.labels?.owner !== undefined
  return {
    response: {
      uid: request.uid,
      allowed,
      ...(allowed
        ? {}
        : { status: { code: 403, message: 'pods must have a label "owner" that says whose they are' } }),
    },
  }
}

/** Chapter 8: pods that a webhook keeps out. */
export const admissionLessons: readonly LessonSource[] = [
  lesson('webhook', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: {
          title: '새 포드가 하나도 생기지 않습니다',
          symptom: '언제부터인가 포드를 새로 만들 수 없습니다. 이미 있던 포드는 잘 실행됩니다.',
          hints: [
            'kubectl describe replicaset의 이벤트를 읽으세요.',
            'kubectl get validatingwebhookconfigurations',
            '오래전에 지워진 서비스를 부르는 설정이 남아 있습니다.',
          ],
          explanation:
            '웹훅 설정이 이미 지워진 서비스를 부르는데 failurePolicy가 Fail이라, 응답을 받지 못해 모두 거절되었습니다. 쓰지 않는 설정이면 지우고, 쓰는 ' +
            '것이면 서비스를 되살려야 합니다.',
        },
        en: {
          title: 'No new pod anywhere',
          symptom: 'For some time no pod can be created. Those that exist run on.',
          hints: [
            'kubectl describe replicaset: read the events.',
            'kubectl get validatingwebhookconfigurations',
            'A configuration is left that calls a Service which was removed long ago.',
          ],
          explanation:
            'A webhook configuration calls a Service that does not exist, and with failurePolicy Fail ' +
            'no reply means refusal. Delete it ' +
            'if nobody uses it; otherwise bring the Service back.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([webhookConfiguration('guard', '/'), deployment(web, {})])
        cluster.advance('30s')
      },
      shows: { run: 'kubectl run probe --image=nginx', prints: /failed calling webhook/ },
      goals: [
        goal(
          'Pods can be created.',
          '포드를 만들 수 있습니다.',
          ({ cluster }) => cluster.kubectl(`run ${PROBE} --image=nginx`).exitCode === 0,
        ),
        goal(
          'No webhook calls a Service that does not exist.',
          '없는 서비스를 부르는 웹훅이 없습니다.',
          ({ cluster }) => {
            const services = cluster.state
              .peek('services')
              .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
            return cluster.state
              .peek('validatingwebhookconfigurations')
              .flatMap(({ metadata, webhooks }) =>
                (webhooks ?? []).map(({ clientConfig }) => [metadata.name, clientConfig.service] as const),
              )
              .flatMap(([name, service]) =>
                service !== undefined && !services.includes(`${service.namespace}/${service.name}`)
                  ? [`${name} calls ${service.namespace}/${service.name}`]
                  : [],
              )
          },
        ),
        isUp(web),
        keepsTheRest({ 'validatingwebhookconfigurations/guard': gone }),
      ],
      solution: lines(
        'kubectl delete validatingwebhookconfiguration guard',
        `kubectl rollout restart deployment ${web}`,
      ),
      wrongRepairs: [
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          'kubectl create service clusterip guard --tcp=443',
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          'kubectl label namespace default free=yes',
          jsonPatch('validatingwebhookconfiguration guard', [
            {
              op: 'add',
              path: '/webhooks/0/namespaceSelector',
              value: { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] },
            },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines('kubectl delete validatingwebhookconfiguration guard', `kubectl delete deployment ${web}`),
      ],
    }
  }),
  lesson('webhook-refuses', 'medium', 5, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      options: { nodes: 2, webhooks: { 'default/guard': guard } },
      texts: {
        ko: {
          title: '포드 없는 디플로이먼트',
          symptom: `디플로이먼트 ${web}에 포드가 없습니다. 회사의 규칙은 건드리지 마세요.`,
          hints: [
            'kubectl describe replicaset: 무엇을 원하는지 메시지에 적혀 있습니다.',
            '규칙은 좋은 규칙입니다. 포드에 원하는 것을 주세요.',
          ],
          explanation:
            '웹훅은 포드마다 owner 레이블을 요구합니다. 디플로이먼트가 아니라 포드 템플릿의 레이블이어야 한다는 점이 중요합니다.',
        },
        en: {
          title: 'A Deployment without pods',
          symptom: `The Deployment ${web} has no pods. Leave the rules of the company alone.`,
          hints: [
            'kubectl describe replicaset: the message says what is wanted.',
            'The rule is a good one: give the pods what it asks for.',
          ],
          explanation:
            'The webhook wants a label owner on each pod. It must stand in the pod template; the ' +
            'labels of the Deployment do not count.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([webhookConfiguration('guard', '/validate'), deployment(web, {})])
        cluster.advance('30s')
      },
      shows: { run: `kubectl get deployment ${web}`, prints: pattern`${web} +0/2` },
      goals: [
        isUp(web),
        goal(
          `Every pod of ${web} says whose it is.`,
          `${web}의 모든 포드에 owner 레이블이 있습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ metadata }) => (metadata.labels?.['owner'] ?? '') !== ''),
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.metadata.labels.owner') }),
      ],
      solution:
        `kubectl patch deployment ${web} -p ` +
        `'{"spec":{"template":{"metadata":{"labels":{"owner":"shop"}}}}}'; sleep 30`,
      wrongRepairs: [
        lines(
          'kubectl delete validatingwebhookconfiguration guard',
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'replace', path: '/webhooks/0/rules/0/operations', value: ['DELETE'] },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          jsonPatch('validatingwebhookconfiguration guard', [
            { op: 'add', path: '/webhooks/0/namespaceSelector', value: { matchLabels: { a: 'b' } } },
          ]),
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(`kubectl label deployment ${web} owner=shop`, 'sleep 60'),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 30'),
        lines(
          `kubectl run ${web} --image=nginx -l app=${web},owner=shop`,
          `kubectl run web2 --image=nginx -l app=${web},owner=shop`,
          'sleep 60',
        ),
      ],
    }
  }),
]
