import type { SimCluster } from '../../../cluster/sim-cluster.js'
import { endpointsOf, goal, isUp, podsOf, templateOf } from '../goals.js'
import { changing, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { change, deployment, jsonPatch, lines, patch, sleeper, told } from '../shared.js'

/** A Deployment whose pods have a label for their track, too. */
const onTrack = (app: string, track: string, replicas: number, image: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: `${app}-${track}` },
  spec: {
    replicas,
    selector: { matchLabels: { app, track } },
    template: { metadata: { labels: { app, track } }, spec: { containers: [{ name: app, image }] } },
  },
})

/** The pods behind a Service that are ready. */
const behind = (cluster: SimCluster, service: string): readonly string[] =>
  endpointsOf(cluster, service)
    .filter(({ conditions }) => conditions?.ready === true)
    .map(({ targetRef }) => targetRef?.name ?? '')

/** Chapter 8: new versions, and containers beside the application. */
export const deliveryLessons: readonly LessonSource[] = [
  lesson('canary', 'medium', 5, (draw) => {
    const web = draw.app()
    const [stable, canary] = draw.one(['stable', 'canary'] as const, ['v1', 'v2'] as const)
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '아무도 보지 않는 새 버전',
          `${web}의 새 버전(${web}-${canary})이 요청의 4분의 1쯤을 받아야 하는데 하나도 받지 않습니다. 두 디플로이먼트는 그대로 두세요.`,
          [
            `kubectl get pods --show-labels; kubectl get endpointslices`,
            `kubectl get service ${web} -o yaml의 selector`,
          ],
          `서비스의 셀렉터에 track: ${stable}이 있어 새 버전의 포드는 선택되지 않았습니다. 두 버전에 공통인 레이블만 선택하면 포드의 수에 비례해 나뉩니다.`,
        ),
        en: told(
          'A new version that nobody sees',
          `The new version of ${web} (${web}-${canary}) should get about a quarter of the requests, and ` +
            `gets none. Leave both Deployments as they are.`,
          [
            'kubectl get pods --show-labels; kubectl get endpointslices',
            `The selector in kubectl get service ${web} -o yaml`,
          ],
          `The selector of the Service had track: ${stable}, which the pods of the new version do not ` +
            `have. With what both have in common, requests are shared by the number of pods.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          onTrack(web, stable, 3, 'nginx:1.26'),
          onTrack(web, canary, 1, 'nginx:1.27'),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: web },
            spec: { selector: { app: web, track: stable }, ports: [{ port: 80 }] },
          },
          sleeper(`${web}-job`, { app: `${web}-job` }),
        ])
        cluster.settle()
      },
      shows: { run: `kubectl get service ${web} -o yaml`, prints: /track:/ },
      goals: [
        isUp(`${web}-${stable}`, 3),
        isUp(`${web}-${canary}`, 1),
        goal(
          `The Service ${web} leads to all pods of both versions, and to no other.`,
          `서비스 ${web}가 두 버전의 모든 포드로, 그리고 그 포드로만 이어집니다.`,
          ({ cluster }) => {
            const pods = [stable, canary]
              .flatMap((track) => podsOf(cluster, `${web}-${track}`))
              .map(({ metadata }) => metadata.name ?? '')
            return pods.length === 4 && behind(cluster, web).toSorted().join() === pods.toSorted().join()
          },
        ),
        keepsTheRest({ [`services/${web}`]: changing('spec.selector') }),
      ],
      solution: lines(
        jsonPatch(`service ${web}`, [{ op: 'remove', path: '/spec/selector/track' }]),
        'sleep 30',
      ),
      wrongRepairs: [
        lines(`kubectl label pods -l track=${canary} track=${stable} --overwrite`, 'sleep 60'),
        lines(patch(`service ${web}`, { spec: { selector: { track: canary } } }), 'sleep 30'),
        lines(`kubectl set image deployment ${web}-${stable} ${web}=nginx:1.27`, 'sleep 60'),
        lines(
          `kubectl delete service ${web}`,
          `kubectl expose deployment ${web}-${canary} --name=${web} --port=80`,
          'sleep 30',
        ),
        lines(`kubectl scale deployment ${web}-${canary} --replicas=3`, 'sleep 60'),
        lines(jsonPatch(`service ${web}`, [{ op: 'remove', path: '/spec/selector' }]), 'sleep 30'),
        lines(`kubectl expose deployment ${web}-${canary} --name=${web}-${canary} --port=80`, 'sleep 30'),
      ],
    }
  }),
  lesson('sidecar-order', 'medium', 6, (draw) => {
    const web = draw.app()
    const helper = draw.one('proxy', 'collector', 'agent')
    const init = '/spec/template/spec/initContainers/0'
    return {
      exams: ['ckad'],
      texts: {
        ko: told(
          '끝나지 않는 준비',
          `${web}의 포드가 Init:0/1에 머물러 있습니다. ${helper}는 ${web}보다 먼저 시작해 ${web}가 사는 동안 곁에서 실행되어야 합니다.`,
          [
            'kubectl describe pod: 초기화 컨테이너는 Running입니다.',
            '초기화 컨테이너는 끝나야 다음으로 넘어갑니다. 사이드카는 끝나지 않습니다.',
            'kubectl explain pod.spec.initContainers.restartPolicy',
          ],
          `끝나지 않는 ${helper}가 보통의 초기화 컨테이너여서 ${web}의 차례가 오지 않았습니다. restartPolicy: Always인 초기화 컨테이너가 사이드카입니다.`,
        ),
        en: told(
          'An initialization without end',
          `The pods of ${web} stay at Init:0/1. ${helper} must start before ${web}, and run beside it as ` +
            `long as ${web} does.`,
          [
            'kubectl describe pod: the init container is Running.',
            'The next container starts when an init container has ended, and a sidecar never ends.',
            'kubectl explain pod.spec.initContainers.restartPolicy',
          ],
          `${helper}, which does not end, was an ordinary init container, so that the turn of ${web} never ` +
            `came. An init container with restartPolicy: Always is a sidecar.`,
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([
          deployment(
            web,
            {},
            { initContainers: [{ name: helper, image: 'busybox', command: ['sleep', '1000000'] }] },
          ),
        ])
        cluster.advance('1m')
      },
      shows: { run: `kubectl get pods -l app=${web}`, prints: /Init:0\/1/ },
      goals: [
        isUp(web),
        goal(
          `${helper} starts first and runs beside ${web} in each pod.`,
          `모든 포드에서 ${helper}가 먼저 시작해 ${web} 곁에서 실행되고 있습니다.`,
          ({ cluster }) =>
            podsOf(cluster, web).every(({ status }) =>
              (status.initContainerStatuses ?? []).some(
                ({ name, state }) => name === helper && state?.running !== undefined,
              ),
            ),
        ),
        goal(
          `${helper} is the same program as before.`,
          `${helper}는 전과 같은 프로그램입니다.`,
          ({ cluster }) => {
            const found = templateOf(cluster, web)?.initContainers?.find(({ name }) => name === helper)
            return found?.image === 'busybox' && [...(found.command ?? [])].join(' ') === 'sleep 1000000'
          },
        ),
        keepsTheRest({
          [`deployments/${web}`]: changing('spec.template.spec.initContainers.*.restartPolicy'),
        }),
      ],
      solution: change(web, { op: 'add', path: `${init}/restartPolicy`, value: 'Always' }),
      wrongRepairs: [
        change(web, { op: 'remove', path: '/spec/template/spec/initContainers' }),
        change(web, { op: 'replace', path: `${init}/command`, value: ['true'] }),
        change(
          web,
          { op: 'remove', path: '/spec/template/spec/initContainers' },
          {
            op: 'add',
            path: '/spec/template/spec/containers/-',
            value: { name: helper, image: 'busybox', command: ['sleep', '1000000'] },
          },
        ),
        change(web, { op: 'replace', path: `${init}/command`, value: ['sleep', '5'] }),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          `kubectl delete deployment ${web}`,
          `kubectl create deployment ${web} --image=nginx`,
          'sleep 60',
        ),
      ],
    }
  }),
]
